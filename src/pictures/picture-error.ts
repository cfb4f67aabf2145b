// Why a file or an address can't be the picture of a product.

/** Its message is a sentence for whoever uploads it. */
export class PictureError extends Error {
  override name = 'PictureError'
}

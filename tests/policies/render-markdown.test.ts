// Markdown of a policy can't inject anything into the page.
import { describe, expect, it } from 'vitest'
import { markdownParts, renderMarkdown } from '../../src/policies/render-markdown.js'

/** The tags that the HTML has, with their attributes. */
function tagsOf(html: string): string[] {
  return [...html.matchAll(/<[^>]*>/g)].map(([tag]) => tag)
}

const PLAIN_TAG =
  /^<\/?(?:p|em|strong|s|h[2-6]|ul|ol|li|blockquote|code|pre|hr|br|table|thead|tbody|tr|th|td|a)>$/
const LINK = /^<a href="(?:https:\/\/|mailto:|\/(?!\/)|#)[^"\s\\]*"(?: title="[^"<>]*")?>$/i
const TABLE = /^<\/?div(?: class="prose__table" role="region" tabindex="0" aria-label="Table")?>$/
const CELL = /^<t[hd] style="text-align:(?:left|right|center)">$/
const CODE = /^<code class="language-[^"<>\s]*">$/
const LIST = /^<ol start="\d+">$/

const ATTACKS = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<style>*{display:none}</style>',
  '<base href="//evil.example">',
  '<form action="https://evil.example"><input name="password"></form>',
  '<a href="javascript:alert(1)">x</a>',
  '<!-- --><script>alert(1)</script>',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?php echo 1 ?>',
  '</div></main><h1>Mine</h1>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](&#106;avascript:alert(1))',
  '[x](&#x6A&#x61;vascript:alert(1))',
  '[x](<javascript:alert(1)>)',
  '[x]( javascript:alert(1) )',
  '[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[x](vbscript:msgbox)',
  '[x](file:///etc/passwd)',
  '[x](http://plain.example)',
  '[x](//evil.example)',
  '[x](/\\evil.example)',
  '[x](\\\\evil.example)',
  '[x](/\t/evil.example)',
  '[x](relative)',
  '[x][y]\n\n[y]: javascript:alert(1)',
  '[x](https://a.example "title\\" onmouseover=\\"alert(1)")',
  '[x](https://a.example\'" onmouseover="alert(1))',
  '[x](https://a.example/"onmouseover="alert(1))',
  '[<b>x</b>](https://a.example)',
  '![x](https://a.example/x.png)',
  '![x](javascript:alert(1))',
  '![x" onerror="alert(1)](https://a.example/x.png)',
  '<javascript:alert(1)>',
  '<https://a.example/"><script>alert(1)</script>',
  '```"><script>alert(1)</script>\ncode\n```',
  '```x" onclick="alert(1)\ncode\n```',
  '`<script>alert(1)</script>`',
  '    <script>alert(1)</script>',
  '| a |\n|:-:|\n| <script>alert(1)</script> |',
  '# <img src=x onerror=alert(1)>',
  '> <script>alert(1)</script>',
  '- <svg/onload=alert(1)>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '\\<script>alert(1)\\</script>',
  '*<script*>alert(1)</script>',
  '<scr\n<script>ipt>alert(1)</script>',
  '\u0000<script>alert(1)</script>',
  '{{constructor.constructor("alert(1)")()}}',
  '<%= process.env %>',
  'x'.repeat(50) + '<'.repeat(200),
  '['.repeat(500) + '](javascript:alert(1))',
  '> '.repeat(500) + '<script>alert(1)</script>',
]

describe('what does not inject', () => {
  it.each(ATTACKS)('%j', (markdown) => {
    for (const text of [markdown, `Before ${markdown} after`, `${markdown}\n\n${markdown}`])
      for (const tag of tagsOf(renderMarkdown(text)))
        expect(
          [PLAIN_TAG, LINK, TABLE, CELL, CODE, LIST].some((allowed) => allowed.test(tag)),
          tag,
        ).toBe(true)
  })

  it('is shown as it was written', () => {
    expect(renderMarkdown('<b>bold</b>')).toBe('<p>&lt;b&gt;bold&lt;/b&gt;</p>\n')
    expect(renderMarkdown('[x](javascript:alert(1))')).toBe('<p>[x](javascript:alert(1))</p>\n')
  })
})

it('makes links to https, mail and the shop, and headings below the title', () => {
  const html = renderMarkdown(
    '# Delivery\n\n[web](https://a.example/x?y=1&z=2), [mail](mailto:help@shop.example), [returns](/pages/returns), [up](#top)\n\n###### Small',
  )
  expect(html).toContain('<h2>Delivery</h2>')
  expect(html).toContain('<h3>Small</h3>')
  expect([...html.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toEqual([
    'https://a.example/x?y=1&amp;z=2',
    'mailto:help@shop.example',
    '/pages/returns',
    '#top',
  ])
})

it('leaves no level of headings out, whatever the writer begins with', () => {
  const levels = (text: string) => [...renderMarkdown(text).matchAll(/<(h\d)>/g)].map(([, tag]) => tag)
  expect(levels('## A\n\n### B\n\n## C')).toEqual(['h2', 'h3', 'h2'])
  expect(levels('#### A\n\n# B\n\n###### C\n\nD\n===')).toEqual(['h2', 'h2', 'h3', 'h2'])
  expect(renderMarkdown('## A\n\n#### B')).toBe('<h2>A</h2>\n<h3>B</h3>\n')
})

it('is text without markup where there can be none', () => {
  const text =
    '# Returns\n\nWithin **30 days**,\nsee [the law](https://law.example/a).\n\n- Unused\n- In its `box`\n'
  expect(markdownParts(text)).toEqual([
    { kind: 'heading', text: 'Returns' },
    { kind: 'paragraph', text: 'Within 30 days, see the law (https://law.example/a).' },
    { kind: 'item', text: 'Unused' },
    { kind: 'item', text: 'In its box' },
  ])
})

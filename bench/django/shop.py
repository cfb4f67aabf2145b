"""A minimal Django shop over the tables of Till: a list of products and a page for each, with Django's usual middleware."""
import os
from urllib.parse import unquote, urlparse

from django.conf import settings

database = urlparse(os.environ["DATABASE_URL"])
settings.configure(
    DEBUG=False,
    SECRET_KEY=os.environ["SESSION_SECRET"],
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="shop",
    USE_TZ=True,
    LOGGING={
        "version": 1,
        "handlers": {"console": {"class": "logging.StreamHandler"}},
        "root": {"handlers": ["console"], "level": "ERROR"},
    },
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": database.path[1:],
            "USER": unquote(database.username or ""),
            "PASSWORD": unquote(database.password or ""),
            "HOST": database.hostname,
            "PORT": database.port,
            "CONN_MAX_AGE": None,
        }
    },
    INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [os.path.join(os.path.dirname(__file__), "templates")],
            "OPTIONS": {"context_processors": ["django.contrib.auth.context_processors.auth"]},
        }
    ],
)

import django  # noqa: E402

django.setup()

from django.core.paginator import Paginator  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.shortcuts import get_object_or_404, render  # noqa: E402
from django.urls import path  # noqa: E402


class Product(models.Model):
    name = models.TextField()
    summary = models.TextField()
    description = models.TextField()
    image = models.TextField()
    category = models.TextField()
    unit_amount = models.IntegerField(db_column="unitAmount")
    currency = models.TextField()
    active = models.BooleanField()

    class Meta:
        app_label = "shop"
        db_table = "Product"
        managed = False

    @property
    def price(self):
        return f"{self.unit_amount / 100:,.2f} {self.currency.upper()}"


class Variant(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, db_column="productId", related_name="variants")
    unit_amount = models.IntegerField(db_column="unitAmount")
    stock = models.IntegerField(null=True)
    active = models.BooleanField()
    position = models.IntegerField()

    class Meta:
        app_label = "shop"
        db_table = "Variant"
        managed = False


def product_list(request):
    products = Product.objects.filter(active=True).order_by("-id").prefetch_related("variants")
    categories = Product.objects.filter(active=True).order_by("category").values_list("category", flat=True).distinct()
    page = Paginator(products, 9).get_page(request.GET.get("page"))
    return render(request, "list.html", {"page": page, "categories": categories})


def product_page(request, product_id):
    product = get_object_or_404(Product, pk=product_id, active=True)
    variants = product.variants.filter(active=True).order_by("position", "id")
    return render(request, "product.html", {"product": product, "variants": variants})


urlpatterns = [path("pricing", product_list), path("pricing/<int:product_id>", product_page)]
application = get_wsgi_application()

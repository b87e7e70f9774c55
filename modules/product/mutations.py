"""Mutations of products: `services` does the work."""

from core import Context, mutation
from modules.product import inputs, models, rights, services
from modules.product.types import Product


@mutation(Product, right=rights.CREATE)
async def create_product(ctx: Context, input: inputs.CreateProductInput) -> models.Product:
    """Add a product with its first terms."""
    return await services.create_product(ctx, input)


@mutation(Product, right=rights.UPDATE)
async def update_product(ctx: Context, input: inputs.UpdateProductInput) -> models.Product:
    """Change a product. Policies keep the terms they rest on; changed terms hold for those that come after."""
    return await services.update_product(ctx, input)


@mutation(Product, right=rights.CREATE)
async def duplicate_product(ctx: Context, input: inputs.DuplicateProductInput) -> models.Product:
    """Add a product like another one, except for what is given."""
    return await services.duplicate_product(ctx, input)


@mutation(Product, right=rights.DELETE)
async def delete_product(ctx: Context, input: inputs.DeleteProductInput) -> models.Product:
    """Delete a product that no policy runs on any more."""
    return await services.delete_product(ctx, input)

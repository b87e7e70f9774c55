"""Pictures and papers for the tests of files."""

from io import BytesIO
from typing import Any

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"


def picture(width: int = 60, height: int = 40, format: str = "JPEG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture of one colour, encoded."""
    return encoded(Image.new(mode, (width, height), "teal" if mode == "RGB" else 0), format, **options)


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    """A picture in a format."""
    made = BytesIO()
    image.save(made, format, **options)
    return made.getvalue()


def opened(data: bytes) -> Image.Image:
    """The picture that some bytes are."""
    image = Image.open(BytesIO(data))
    image.load()
    return image

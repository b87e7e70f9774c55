"""Pictures are made anew from their pixels, smaller if need be, so that nothing else of them stays.

No place where one was taken, no name of a phone, and nothing that would be a program to somebody.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from core.files.content import JPEG, not_taken
from core.graphql_http import HttpError
from core.settings import Settings

FORMATS = {JPEG: "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""The pictures that are read, and what Pillow calls them; all are kept as JPEG."""
QUALITY = 85
MOST_SCANS = 50
"""Scans in a JPEG. Ten are common; each costs a pass over all pixels, and a few bytes are enough for one."""


def picture(data: bytes, side: int, settings: Settings) -> bytes:
    """The picture as it is kept: a JPEG of at most `side` by `side` pixels.

    Raises:
        HttpError: 415 for a type that is not taken, 413 for too many pixels, 400 for one that is damaged.
    """
    formats = [FORMATS[type] for type in settings.file_types if type in FORMATS]
    made = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=formats) as image:
            _check_cost(image, data, settings)
            _made_anew(image, side).save(made, "JPEG", quality=QUALITY)
    except HttpError:
        raise
    except UnidentifiedImageError as error:
        raise not_taken(settings) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(settings) from error
    except Exception as error:
        # What a decoder makes of hostile bytes ends in nearly any exception.
        raise HttpError(400, "This picture is damaged. Send it again.") from error
    return made.getvalue()


def _check_cost(image: Image.Image, data: bytes, settings: Settings) -> None:
    """Refuse what would cost too much to decode; only the head of the picture has been read so far."""
    if image.width * image.height > settings.file_pixels:
        raise _too_many_pixels(settings)
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MOST_SCANS:
        raise HttpError(413, "This picture is made of too many scans. Save it anew and send that.", "LIMIT_EXCEEDED")


def _made_anew(image: Image.Image, side: int) -> Image.Image:
    """The picture upright, on white where it is transparent, within `side` by `side` pixels, and nothing but pixels."""
    drawn = _with_shades(image)
    drawn.thumbnail((side, side))
    drawn = ImageOps.exif_transpose(drawn)
    if drawn.has_transparency_data:
        paper = Image.new("RGBA", drawn.size, "white")
        paper.alpha_composite(drawn.convert("RGBA"))
        drawn = paper
    plain = drawn.convert("RGB")
    plain.info = {}  # else its comment would be written too
    return plain


def _with_shades(image: Image.Image) -> Image.Image:
    """The picture in a mode whose pixels can be blended: eight bits a colour, no palette."""
    if image.mode.startswith("I"):
        return image.point(lambda light: light / 256).convert("L")
    return image.convert({"1": "L", "P": "RGBA"}[image.mode]) if image.mode in ("1", "P") else image


def _too_many_pixels(settings: Settings) -> HttpError:
    most = f"{settings.file_pixels:,}"
    return HttpError(413, f"This picture has more than {most} pixels. Make it smaller and send that.", "LIMIT_EXCEEDED")

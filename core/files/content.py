"""What a file that was sent really is. Its bytes tell, not its name or what the sender calls it.

A picture is made anew from its pixels, smaller if need be, so that nothing else of it stays: no place where it was
taken, no name of a phone, and nothing that would be a program to somebody.
"""

from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError

from core.files.models import FileKind
from core.graphql_http import HttpError
from core.settings import Settings

JPEG, PDF = "image/jpeg", "application/pdf"
FORMATS = {JPEG: "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
"""The pictures that are read, and what Pillow calls them; all are kept as JPEG."""
SIDES = {FileKind.PHOTO: 400, FileKind.DOCUMENT: 2_500}
"""The longest side of a kept picture, in pixels: what a card shows; what a page of small print needs."""
QUALITY = 85
MOST_SCANS = 50
"""Scans in a JPEG. Ten are common; each costs a pass over all pixels, and a few bytes are enough for one."""


@dataclass(frozen=True)
class Content:
    """What is kept of a file."""

    kind: FileKind
    media_type: str
    body: bytes


def read_content(sent: BinaryIO, kind: FileKind | None, settings: Settings) -> Content:
    """What is to be kept of what was sent. Takes its time: for a thread.

    `kind`: what the file is for; if it is not said, a picture is a photo and a PDF a document.

    Raises:
        HttpError: 415 for a type that is not taken, 413 for too many pixels, 400 for a file that is damaged.
    """
    data = sent.read()
    if data.startswith(b"%PDF-"):
        return _pdf(data, kind, settings)
    kind = kind or FileKind.PHOTO
    return Content(kind, JPEG, _picture(data, SIDES[kind], settings))


def _pdf(data: bytes, kind: FileKind | None, settings: Settings) -> Content:
    if PDF not in settings.file_types or kind is FileKind.PHOTO:
        raise _not_taken(settings)
    if b"%%EOF" not in data[-1024:]:
        raise HttpError(400, "This PDF ends too early. Send it again.")
    return Content(FileKind.DOCUMENT, PDF, data)


def _picture(data: bytes, side: int, settings: Settings) -> bytes:
    formats = [FORMATS[type] for type in settings.file_types if type in FORMATS]
    made = BytesIO()
    try:
        with Image.open(BytesIO(data), formats=formats) as image:
            _check_cost(image, data, settings)
            _made_anew(image, side).save(made, "JPEG", quality=QUALITY)
    except HttpError:
        raise
    except UnidentifiedImageError as error:
        raise _not_taken(settings) from error
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


def _not_taken(settings: Settings) -> HttpError:
    types = ", ".join(settings.file_types)
    return HttpError(415, f"This is none of the types that are taken here: {types}. Convert it, or send another file.")


def _too_many_pixels(settings: Settings) -> HttpError:
    most = f"{settings.file_pixels:,}"
    return HttpError(413, f"This picture has more than {most} pixels. Make it smaller and send that.", "LIMIT_EXCEEDED")

"""What a file that was sent really is. Its bytes tell, not its name or what the sender calls it."""

from dataclasses import dataclass
from typing import BinaryIO

from core.files.models import FileKind
from core.graphql_http import HttpError
from core.settings import Settings

JPEG, PDF = "image/jpeg", "application/pdf"
SIDES = {FileKind.PHOTO: 400, FileKind.DOCUMENT: 2_500}
"""The longest side of a kept picture, in pixels: what a card shows; what a page of small print needs."""


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
    # Pillow is loaded with it: 2 MB that a server need not have before somebody sends a picture.
    from core.files.pictures import picture

    kind = kind or FileKind.PHOTO
    return Content(kind, JPEG, picture(data, SIDES[kind], settings))


def _pdf(data: bytes, kind: FileKind | None, settings: Settings) -> Content:
    if PDF not in settings.file_types or kind is FileKind.PHOTO:
        raise not_taken(settings)
    if b"%%EOF" not in data[-1024:]:
        raise HttpError(400, "This PDF ends too early. Send it again.")
    return Content(FileKind.DOCUMENT, PDF, data)


def not_taken(settings: Settings) -> HttpError:
    """That a file is of none of the types that are taken."""
    types = ", ".join(settings.file_types)
    return HttpError(415, f"This is none of the types that are taken here: {types}. Convert it, or send another file.")

"""What a sent file is kept as: found in its bytes, pictures made anew, and nothing that costs too much is decoded."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.files.content import Content, read_content
from core.files.models import FileKind
from core.files.pictures import MOST_SCANS
from core.graphql_http import HttpError
from core.settings import Settings
from tests.core.pictures import PDF, encoded, opened, picture


def read(data: bytes, kind: FileKind | None = None, **settings: Any) -> Content:
    return read_content(BytesIO(data), kind, Settings(**settings))


def refused(data: bytes, kind: FileKind | None = None, **settings: Any) -> int:
    with pytest.raises(HttpError) as found:
        read(data, kind, **settings)
    return found.value.status


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_pictures_are_kept_as_jpeg(format: str) -> None:
    kept = read(picture(60, 40, format))
    assert (kept.kind, kept.media_type) == (FileKind.PHOTO, "image/jpeg")
    image = opened(kept.body)
    assert (image.format, image.size) == ("JPEG", (60, 40))


@pytest.mark.parametrize(
    ("sent", "kind", "kept"),
    [
        ((1200, 600), FileKind.PHOTO, (400, 200)),
        ((600, 1200), FileKind.PHOTO, (200, 400)),
        ((401, 401), FileKind.PHOTO, (400, 400)),
        ((30, 20), FileKind.PHOTO, (30, 20)),
        ((1200, 600), FileKind.DOCUMENT, (1200, 600)),
        ((5000, 100), FileKind.DOCUMENT, (2500, 50)),
    ],
)
def test_photos_have_at_most_400_pixels_a_side_and_scans_2500(
    sent: tuple[int, int], kind: FileKind, kept: tuple[int, int]
) -> None:
    content = read(picture(*sent), kind)
    assert (content.kind, opened(content.body).size) == (kind, kept)


def test_a_pdf_is_a_document_and_kept_as_it_is() -> None:
    assert read(PDF) == Content(FileKind.DOCUMENT, "application/pdf", PDF)


def test_where_and_with_what_a_picture_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010F] = "MakerOfPhones"
    exif.get_ifd(0x8825)[2] = (6.0, 10.0, 20.0)  # degrees of latitude
    tagged = picture(exif=exif, comment=b"HerName", xmp=b"<x:xmpmeta>HerPlace</x:xmpmeta>")
    assert all(word in tagged for word in (b"MakerOfPhones", b"HerName", b"HerPlace"))
    texts = PngInfo()
    texts.add_text("Author", "HerName")
    for data in (tagged, picture(format="PNG", pnginfo=texts, exif=exif), picture(format="WEBP", exif=exif)):
        kept = read(data).body
        assert not any(word in kept for word in (b"MakerOfPhones", b"HerName", b"HerPlace", b"Exif"))
        assert dict(opened(kept).getexif()) == {}


def test_what_is_hidden_behind_a_picture_is_not_kept() -> None:
    script = b"<script>alert(1)</script>"
    assert script not in read(picture() + script).body


def test_a_picture_is_turned_the_way_the_camera_was_held() -> None:
    image = Image.new("RGB", (60, 40), "white")
    image.paste("black", (0, 0, 60, 10))
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn: the top of the picture becomes its right side
    kept = opened(read(encoded(image, "JPEG", exif=exif)).body)
    assert kept.size == (40, 60)
    assert [kept.getpixel((x, 30))[0] > 127 for x in (2, 37)] == [True, False]  # type: ignore[index]


def shade(data: bytes, kind: FileKind | None = None) -> int:
    """The red of the middle of what is kept."""
    kept = opened(read(data, kind).body)
    assert kept.mode == "RGB"
    return kept.getpixel((kept.width // 2, kept.height // 2))[0]  # type: ignore[index]


def test_what_is_transparent_becomes_white() -> None:
    for data in (
        picture(format="PNG", mode="RGBA"),
        picture(format="PNG", mode="LA"),
        picture(format="PNG", mode="P", transparency=0),
        picture(format="PNG", mode="L", transparency=0),
    ):
        assert shade(data) == 255


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK"])
def test_every_mode_of_colours_keeps_its_shades(mode: str) -> None:
    white = Image.new("RGB", (60, 40), "white").convert(mode)
    assert shade(encoded(white, "JPEG" if mode == "CMYK" else "PNG")) > 250


def test_a_scan_of_sixteen_bits_does_not_turn_white() -> None:
    assert shade(encoded(Image.new("I;16", (60, 40), 0x8000), "PNG")) == 128


def test_small_print_in_black_and_white_turns_grey_when_it_is_made_smaller() -> None:
    image = Image.new("1", (1200, 1200))
    for column in range(0, 1200, 2):
        image.paste(1, (column, 0, column + 1, 1200))
    assert 110 < shade(encoded(image, "PNG")) < 145


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"<html><script>alert(1)</script></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        picture(format="GIF"),
        picture(format="BMP"),
        picture(format="TIFF"),
        b"PK\x03\x04" + b"\0" * 100,
        b"MZ" + PDF,
    ],
    ids=["text", "html", "svg", "gif", "bmp", "tiff", "zip", "program"],
)
def test_other_types_are_415(data: bytes) -> None:
    assert refused(data) == 415


def test_a_scheme_may_take_fewer_types() -> None:
    assert refused(PDF, file_types=("image/jpeg",)) == 415
    assert refused(picture(format="PNG"), file_types=("image/jpeg", "application/pdf")) == 415
    assert refused(picture(), file_types=("application/pdf",)) == 415
    assert read(picture(), file_types=("image/jpeg",)).kind is FileKind.PHOTO


def test_a_pdf_is_no_photo() -> None:
    assert refused(PDF, FileKind.PHOTO) == 415


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_ends_too_early_is_400(format: str) -> None:
    noise = encoded(Image.effect_noise((300, 300), 60), format)
    assert [refused(noise[: len(noise) // part]) for part in (2, 4)] == [400, 400]


def test_a_pdf_that_ends_too_early_is_400() -> None:
    assert refused(PDF[:-8]) == 400


def test_garbage_after_the_head_of_a_picture_is_400() -> None:
    for head in (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20):
        assert refused(head + bytes(range(256)) * 20) in (400, 415)


@pytest.mark.parametrize("side", [5_001, 10_000, 14_000], ids=["limit", "warned by Pillow", "refused by Pillow"])
def test_a_picture_of_too_many_pixels_is_413_before_it_is_decoded(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = picture(side, side, "PNG", "1")
    assert len(bomb) < 100_000

    def load(image: Any) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", load)
    assert refused(bomb) == 413


def test_the_limit_of_pixels_is_a_setting() -> None:
    assert refused(picture(101, 100), file_pixels=10_000) == 413
    assert read(picture(100, 100), file_pixels=10_000).kind is FileKind.PHOTO


def test_a_jpeg_of_a_thousand_scans_is_413() -> None:
    plain = picture(progressive=True)
    last = plain.rindex(b"\xff\xda")
    assert plain.count(b"\xff\xda") < MOST_SCANS
    assert refused(plain[:-2] + plain[last:-2] * 1_000 + plain[-2:]) == 413

"""Sending files and fetching them over HTTP, and what is sent instead of files."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.types import Message

from core import Actor, Context, clock, link_to, new_id
from core.context import ANONYMOUS
from core.files.models import FileKind, FileRow
from core.files.routes import AROUND
from core.host import Host
from core.settings import Settings, StartError, load_settings
from tests.core.pictures import PDF, opened, picture

pytestmark = pytest.mark.profile("tests/core/bare.toml")

Http = Callable[..., httpx.AsyncClient]
ASHA = Actor(id=new_id(), name="asha")
BOUNDARY = {"content-type": "multipart/form-data; boundary=b"}


def form(*parts: bytes) -> bytes:
    return b"".join(b"--b\r\nContent-Disposition: form-data; " + part + b"\r\n" for part in parts) + b"--b--\r\n"


def part(content: bytes, name: bytes = b"file", filename: bytes = b"x.jpg") -> bytes:
    return b'name="' + name + b'"; filename="' + filename + b'"\r\n\r\n' + content


def set_up(host: Host, **settings: Any) -> None:
    host.settings = host.settings.model_copy(update=settings)


async def send(http: Http, content: Any, path: str = "/files", **headers: str) -> httpx.Response:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http(ASHA).post(path, content=content, headers=names)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    [error] = answer.json()["errors"]
    assert error["message"]
    assert error["extensions"]["requestId"] == answer.headers["x-request-id"]
    return answer.status_code, error["extensions"]["code"]


async def kept(session: AsyncSession) -> list[FileRow]:
    return list(await session.scalars(select(FileRow).order_by(FileRow.created_at)))


# Sending


async def test_a_picture_is_kept_for_whoever_sent_it(http: Http, host: Host, session: AsyncSession) -> None:
    answer = await send(http, picture(1000, 500), content_type="text/html")
    assert answer.status_code == 201
    [file] = await kept(session)
    assert answer.json() == {"fileId": str(file.id)}
    assert (file.account_id, file.kind, file.media_type) == (ASHA.id, FileKind.PHOTO, "image/jpeg")
    assert file.claimed_at is None
    body = (host.settings.data_dir / "files" / file.name).read_bytes()
    assert (file.size, file.sha256) == (len(body), hashlib.sha256(body).digest())
    assert opened(body).size == (400, 200)


async def test_a_file_may_come_in_a_form(http: Http, session: AsyncSession) -> None:
    answer = await http(ASHA).post(
        "/files", files={"anything": ("../../etc/passwd\0.php", picture(format="PNG"))}, data={"note": "x"}
    )
    assert answer.status_code == 201
    [file] = await kept(session)
    assert (str(file.id), file.media_type) == (answer.json()["fileId"], "image/jpeg")


async def test_the_sender_says_what_a_picture_is_for(http: Http, session: AsyncSession) -> None:
    for path in ("/files", "/files?kind=photo", "/files?kind=DOCUMENT"):
        assert (await send(http, picture(1000, 500), path)).status_code == 201
    assert (await send(http, PDF)).status_code == 201
    assert [file.kind.lower() for file in await kept(session)] == ["photo", "photo", "document", "document"]
    assert refusal(await send(http, picture(), "/files?kind=film")) == (400, "BAD_REQUEST")


@pytest.mark.parametrize(
    ("content", "path", "status", "code"),
    [
        (b"", "/files", 400, "BAD_REQUEST"),
        (b"<svg/>", "/files", 415, "BAD_REQUEST"),
        (PDF, "/files?kind=photo", 415, "BAD_REQUEST"),
        (picture()[:-200], "/files", 400, "BAD_REQUEST"),
        (picture(6_000, 6_000, "PNG", "1"), "/files", 413, "LIMIT_EXCEEDED"),
    ],
    ids=["empty", "svg", "no photo", "damaged", "pixels"],
)
async def test_what_is_no_file_of_ours_is_refused_and_nothing_is_kept(
    http: Http, host: Host, session: AsyncSession, content: bytes, path: str, status: int, code: str
) -> None:
    before = set(host.settings.data_dir.rglob("*"))
    assert refusal(await send(http, content, path, content_type="image/jpeg")) == (status, code)
    assert await kept(session) == []
    assert set(host.settings.data_dir.rglob("*")) == before


async def test_a_compressed_body_is_415(http: Http) -> None:
    assert refusal(await send(http, picture(), content_encoding="gzip")) == (415, "BAD_REQUEST")


class Pieces:
    """A body that never ends, and how much of it was read."""

    def __init__(self, *first: bytes) -> None:
        self.first = first
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.first:
            yield piece
        while True:
            self.read += 1_000
            assert self.read < 1_000_000
            yield b"x" * 1_000


@pytest.mark.parametrize("who", [ANONYMOUS, "expired"])
async def test_nothing_is_read_from_strangers(http: Http, session: AsyncSession, who: Any) -> None:
    body = Pieces()
    client = http(ANONYMOUS)
    if who == "expired":
        client.headers["authorization"] = "Bearer expired"
    answer = await client.post("/files", content=body)
    assert refusal(answer) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert body.read == 0
    assert await kept(session) == []


async def test_a_body_is_read_up_to_the_limit_and_no_further(http: Http, host: Host, session: AsyncSession) -> None:
    set_up(host, file_bytes=10_000)
    body = Pieces()
    assert refusal(await send(http, body)) == (413, "LIMIT_EXCEEDED")
    assert body.read <= 12_000
    assert await kept(session) == []


async def test_a_form_is_read_up_to_the_limit_and_no_further(http: Http, host: Host, session: AsyncSession) -> None:
    set_up(host, file_bytes=10_000)
    for start in (form(part(b""))[:-9], b"--b\r\nContent-Disposition: form-data; name=", b""):
        body = Pieces(start)
        assert refusal(await send(http, body, **BOUNDARY)) in ((413, "LIMIT_EXCEEDED"), (400, "BAD_REQUEST"))
        assert body.read <= 12_000 + AROUND
    assert refusal(await send(http, form(part(b"x" * 10_001)), **BOUNDARY)) == (413, "LIMIT_EXCEEDED")
    assert await kept(session) == []


async def test_a_body_that_is_declared_too_large_is_not_read_at_all(http: Http, host: Host) -> None:
    set_up(host, file_bytes=10_000)
    body = Pieces()
    assert refusal(await send(http, body, content_length="10001")) == (413, "LIMIT_EXCEEDED")
    assert body.read == 0


async def test_a_file_as_large_as_the_limit_is_taken(http: Http, host: Host) -> None:
    scan = picture()
    set_up(host, file_bytes=len(scan))
    assert (await send(http, scan)).status_code == 201
    assert (await send(http, form(part(scan)), **BOUNDARY)).status_code == 201
    assert refusal(await send(http, scan + b"x")) == (413, "LIMIT_EXCEEDED")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"x",
        form(),
        form(b'name="file"\r\n\r\nx'),
        form(part(b"")),
        form(part(picture()), part(picture(), b"second")),
        form(*(b'name="a"\r\n\r\nx' for _ in range(11)), part(picture())),
        form(b'name="a"\r\n\r\n' + b"x" * 2_000_000, part(picture())),
        form(part(picture()))[:-4],
        form(part(picture()))[:300],
        form(b'filename="x"\r\n\r\nx'),
    ],
    ids=[
        "empty", "broken", "no part", "no file", "empty file", "two files", "many fields", "large field", "no end",
        "cut off", "no name",
    ],
)  # fmt: skip
async def test_a_form_without_one_whole_file_is_refused(http: Http, session: AsyncSession, body: bytes) -> None:
    assert refusal(await send(http, body, **BOUNDARY)) == (400, "BAD_REQUEST")
    assert await kept(session) == []


async def test_a_form_without_a_boundary_is_400(http: Http) -> None:
    answer = await send(http, form(part(picture())), content_type="multipart/form-data")
    assert refusal(answer) == (400, "BAD_REQUEST")


async def test_a_file_that_comes_too_slowly_is_408(http: Http, host: Host, session: AsyncSession) -> None:
    set_up(host, file_seconds=0.1)

    async def slowly(start: bytes) -> AsyncIterator[bytes]:
        yield start
        await asyncio.sleep(30)

    assert refusal(await send(http, slowly(picture()))) == (408, "LIMIT_EXCEEDED")
    assert refusal(await send(http, slowly(form(part(picture()))[:-4]), **BOUNDARY)) == (408, "LIMIT_EXCEEDED")
    assert await kept(session) == []


async def test_a_file_whose_sender_hung_up_is_not_kept(http: Http, session: AsyncSession) -> None:
    client = http(ASHA)
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)
    messages: list[Message] = [
        {"type": "http.request", "body": picture(), "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Any] = []

    async def receive() -> Message:
        return messages.pop(0)

    async def note(message: Any) -> None:
        sent.append(message)

    headers = [(name.lower(), value) for name, value in client.headers.raw]
    scope = {
        "type": "http", "method": "POST", "path": "/files", "raw_path": b"/files", "query_string": b"",
        "headers": headers, "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
        "server": ("bima", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    await transport.app(scope, receive, note)
    assert sent[0]["status"] == 400
    assert await kept(session) == []


async def test_an_account_cannot_fill_the_disk_with_what_nothing_uses(
    http: Http, host: Host, session: AsyncSession
) -> None:
    set_up(host, files_waiting_bytes=2 * len(PDF))
    assert [(await send(http, PDF)).status_code for _ in range(2)] == [201, 201]
    assert refusal(await send(http, PDF)) == (400, "LIMIT_EXCEEDED")
    assert (await http(Actor(id=new_id())).post("/files", content=PDF)).status_code == 201
    (await kept(session))[0].claimed_at = clock.now()
    await session.commit()
    assert (await send(http, PDF)).status_code == 201


async def test_a_host_that_is_not_ready_is_503(http: Http) -> None:
    client = http(ASHA)
    client._transport.app.state.readiness.missing = "the database does not answer"  # type: ignore[attr-defined]
    for answer in (await client.post("/files", content=PDF), await client.get(f"/files/{new_id()}")):
        assert refusal(answer) == (503, "INTERNAL")


# Fetching


@pytest.fixture
async def link(http: Http, host: Host) -> str:
    """A fresh link to a photo of Asha's."""
    id = (await send(http, picture())).json()["fileId"]
    return link_to(Context(host, ASHA), UUID(id))


async def test_whoever_has_a_fresh_link_fetches_the_file(http: Http, link: str) -> None:
    answer = await http().get(link)
    assert answer.status_code == 200
    assert opened(answer.content).size == (60, 40)
    id = link.split("/")[2].split("?")[0]
    told = {name: answer.headers[name] for name in ("content-type", "content-length", "content-disposition")}
    assert told == {
        "content-type": "image/jpeg",
        "content-length": str(len(answer.content)),
        "content-disposition": f'inline; filename="{id}.jpg"',
    }
    for name, value in (
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ):
        assert answer.headers[name] == value


async def test_a_pdf_is_saved_and_not_shown(http: Http, host: Host) -> None:
    id = UUID((await send(http, PDF)).json()["fileId"])
    answer = await http().get(link_to(Context(host, ASHA), id))
    assert (answer.content, answer.headers["content-type"]) == (PDF, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="{id}.pdf"'


async def test_a_link_is_good_for_ten_minutes(http: Http, host: Host) -> None:
    made = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with clock.at(made):
        id = UUID((await send(http, picture())).json()["fileId"])
        link = link_to(Context(host, ASHA), id)
    with clock.at(made + timedelta(minutes=10, seconds=-1)):
        assert (await http().get(link)).status_code == 200
    with clock.at(made + timedelta(minutes=10)):
        assert refusal(await http().get(link)) == (403, "FORBIDDEN")


async def test_a_link_that_was_not_made_here_is_403(http: Http, host: Host, link: str) -> None:
    path, _, query = link.partition("?")
    expires, _, signature = query.partition("&")
    late = f"expires={int(expires.removeprefix('expires=')) + 60}"
    other = Context(host, ASHA)
    wrong = [
        path,
        f"{path}?{expires}",
        f"{path}?{signature}",
        f"{path}?{late}&{signature}",
        f"{path}?{expires}.0&{signature}",
        f"{path}?expires=&signature=",
        f"{path}?{expires}&{signature}A",
        f"{path}?{expires}&{signature[:-1]}",
        f"{path}?{expires}&signature=%C3%A9%00",
        f"/files/{new_id()}?{query}",
    ]
    for address in wrong:
        assert refusal(await http(ASHA).get(address)) == (403, "FORBIDDEN"), address
    set_up(host, secret=Settings(secret="another secret, and long enough too").secret)  # type: ignore[arg-type]
    assert refusal(await http().get(link)) == (403, "FORBIDDEN")
    assert (await http().get(link_to(other, UUID(path.split("/")[2])))).status_code == 200


@pytest.mark.parametrize(
    "path",
    ["/files/x", "/files/..%2f..%2fbima.toml", "/files/../bima.toml", "/files/%2e%2e/%2e%2e/etc/passwd"],
)
async def test_a_path_leads_nowhere_else(http: Http, path: str) -> None:
    assert (await http(ASHA).get(path)).status_code == 404


async def test_a_file_that_is_gone_is_404(
    http: Http, host: Host, link: str, session: AsyncSession, caplog: pytest.LogCaptureFixture
) -> None:
    assert refusal(await http().get(link_to(Context(host, ASHA), new_id()))) == (404, "BAD_REQUEST")
    assert caplog.messages == []
    [file] = await kept(session)
    await host.files.delete(file.name)
    assert refusal(await http().get(link)) == (404, "BAD_REQUEST")
    assert caplog.messages == [f"the content of the file {file.id} is lost"]


async def test_a_link_may_begin_with_the_public_address(http: Http, host: Host) -> None:
    set_up(host, public_url="https://bima.example.org/api")
    link = link_to(Context(host, ASHA), new_id())
    assert link.startswith("https://bima.example.org/api/files/")


@pytest.mark.parametrize("url", ["bima.example.org", "ftp://x.org", "https://x.org/", "https://x.org/?a", "https://"])
def test_the_public_address_is_one(url: str) -> None:
    with pytest.raises(StartError, match="BIMA_PUBLIC_URL is wrong"):
        load_settings(environ={"BIMA_PUBLIC_URL": url})


def test_the_types_of_files_are_a_setting() -> None:
    assert load_settings(environ={"BIMA_FILE_TYPES": "image/jpeg, image/png"}).file_types == ("image/jpeg", "image/png")
    with pytest.raises(StartError, match=r"file_types\.0|BIMA_FILE_TYPES"):
        load_settings(environ={"BIMA_FILE_TYPES": "image/svg+xml"})


async def test_sending_many_at_once_keeps_them_all(http: Http, session: AsyncSession) -> None:
    answers = await asyncio.gather(*(send(http, picture(200 + number, 100)) for number in range(8)))
    assert {answer.json()["fileId"] for answer in answers} == {str(file.id) for file in await kept(session)}

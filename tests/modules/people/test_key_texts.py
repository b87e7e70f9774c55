"""What the text of an access key looks like, and what only looks like one."""

import pytest

from modules.people.services.key_texts import new_key, read_key


def test_a_key_is_read_back_and_no_two_are_alike() -> None:
    keys = [new_key() for _ in range(100)]
    assert {read_key(key.text) for key in keys} == set(keys)
    assert len({key.public_id for key in keys}) == len({key.hash for key in keys}) == 100


def test_its_text_is_found_by_its_beginning_and_shown_by_nothing_but_itself() -> None:
    key = new_key()
    assert key.text.startswith(f"bima_{key.public_id}_")
    assert len(key.text) == 66
    assert key.text.replace("_", "").isalnum()
    secret = key.text.rpartition("_")[2]
    assert secret not in f"{key!r} {key} {[key]}"


def test_what_is_stored_is_sha_256_of_all_of_it() -> None:
    key = new_key()
    assert len(key.hash) == 32
    assert secretless(key.text) not in key.hash.hex()


def secretless(text: str) -> str:
    return text.encode().hex()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: "",
        lambda text: "bima_",
        lambda text: text[:-1],
        lambda text: text + "0",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.upper(),
        lambda text: text[:20] + ("a" if text[20] != "a" else "b") + text[21:],
        lambda text: text[:6] + ("a" if text[6] != "a" else "b") + text[7:],
        lambda text: text[:20] + "é" + text[21:],
        lambda text: text.replace("_", "-"),
        lambda text: "ghp_" + text[5:],
        lambda text: text * 1000,
        lambda text: "bima_" + "\u0660" * 61,
    ],
)
def test_what_is_mistyped_or_made_up_is_no_key(spoil: object) -> None:
    assert callable(spoil)
    assert read_key(spoil(new_key().text)) is None

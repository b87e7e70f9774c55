"""Trusted documents: an installation may answer only those that its own clients were built with.

The manifest is a JSON object of SHA-256 in hexadecimal to document, as client builds write it and as `bima documents
collect` does. A client sends the document, or the hash alone as `extensions.persistedQuery.sha256Hash`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from graphql import GraphQLError

from core.errors import RequestError
from core.operation import Operation
from core.settings import StartError


class NotTrusted(RequestError):
    """The document is not one that this installation answers."""

    code = "DOCUMENT_NOT_TRUSTED"


class TrustedDocuments:
    """The documents of a manifest, by hash.

    Raises:
        StartError: the file cannot be read, is no manifest, or a hash is not its document's.
    """

    def __init__(self, path: Path) -> None:
        self.by_hash = read_manifest(path)

    def checked(self, operation: Operation) -> Operation:
        """The operation with its document, when that is trusted.

        Raises:
            NotTrusted: it is not in the manifest.
        """
        text = self.by_hash.get(operation.hash or hash_of(operation.query))
        if text is None or (operation.query and operation.query != text):
            raise NotTrusted("This document is not one that this installation answers. Update the application.")
        return replace(operation, query=text)


def hash_of(text: str) -> str:
    """The SHA-256 of a document, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def read_manifest(path: Path) -> dict[str, str]:
    """The documents of a manifest by their hashes.

    Raises:
        StartError: the file cannot be read, is no manifest, or a hash is not its document's.
    """
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise StartError(f"The trusted documents {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise StartError(f"The trusted documents {path} are not valid JSON in UTF-8: {error}.") from error
    if not isinstance(manifest, dict) or not all(isinstance(text, str) for text in manifest.values()):
        raise StartError(f"The trusted documents {path} must be an object of hashes to documents.")
    for given, text in manifest.items():
        if hash_of(text) != given:
            raise StartError(f"In the trusted documents {path}, {given[:12]}... is not the SHA-256 of its document.")
    return manifest


def collect(folder: Path) -> dict[str, str]:
    """A manifest of every `*.graphql` file below a folder."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.graphql")))
    return {hash_of(text): text for text in texts}


def problems(schema: Any, documents: Mapping[str, str]) -> dict[str, list[GraphQLError]]:
    """What is wrong with documents on a schema, by their hashes; those that are right are left out."""
    read = {hash_: schema.engine.asked(text).document.errors for hash_, text in documents.items()}
    return {hash_: errors for hash_, errors in read.items() if errors}

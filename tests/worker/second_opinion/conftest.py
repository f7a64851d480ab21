"""Plug-ins as a stranger would write them, good and bad, installed for one test."""

from collections.abc import Callable
from pathlib import Path

import pytest

PLUG_INS = {
    "good": "def opinion(report):\n    return {'sentence': 'Looks like ' + report['category'], 'priority': 1}",
    "sentence_only": "def opinion(report):\n    return {'sentence': 'No view'}",
    "noisy": "print('hello')\ndef opinion(report):\n    print('x' * 9000)\n    return {'sentence': 'Heard', 'priority': 4}",
    "raises": "def opinion(report):\n    raise ValueError(report['description'])",
    "leaves": "import sys\ndef opinion(report):\n    sys.exit(3)",
    "dies": "import os\ndef opinion(report):\n    os._exit(3)",
    "hangs": "import time\ndef opinion(report):\n    time.sleep(600)",
    "hangs_at_start": "import time\ntime.sleep(600)\ndef opinion(report):\n    return {}",
    "cannot_be_loaded": "import nothing_of_this_name\ndef opinion(report):\n    return {}",
    "nonsense": "def opinion(report):\n    return ['priority', 1]",
    "no_sentence": "def opinion(report):\n    return {'priority': 1}",
    "wrong_priority": "def opinion(report):\n    return {'sentence': 'x', 'priority': 0}",
    "true_priority": "def opinion(report):\n    return {'sentence': 'x', 'priority': True}",
    "control": "def opinion(report):\n    return {'sentence': 'a\\u202e\\x07', 'priority': 2}",
    "endless": "def opinion(report):\n    return {'sentence': 'x' * 10_000_000}",
    "not_json": "def opinion(report):\n    return {'sentence': object()}",
    "nosy": "import os\ndef opinion(report):\n    return {'sentence': ' '.join(sorted([*os.environ, *report]))}",
}

Install = Callable[[str], str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Installs one of the plug-ins for child processes; returns its name."""

    def put(name: str) -> str:
        (tmp_path / f"plug_in_{name}.py").write_text(PLUG_INS[name], encoding="utf-8")
        about = tmp_path / f"plug_in_{name}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: plug-in-{name}\nVersion: 1.0\n", encoding="utf-8")
        entry = f"[reporting.second_opinions]\n{name} = plug_in_{name}:opinion\n"
        (about / "entry_points.txt").write_text(entry, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        return name

    return put

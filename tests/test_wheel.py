"""The wheel carries all that a third party needs, who has nothing but the wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from uv import find_uv_bin

ROOT = Path(__file__).parent.parent


@pytest.mark.slow
def test_the_wheel_alone_judges_a_target(tmp_path: Path) -> None:
    uv, place = find_uv_bin(), tmp_path / "venv"
    subprocess.run([uv, "build", "--wheel", "--out-dir", str(tmp_path), "-q", str(ROOT)], check=True)
    wheel = next(tmp_path.glob("*.whl"))
    names = zipfile.ZipFile(wheel).namelist()
    assert "compliance/targets/servers/uvicorn.toml" in names
    assert not [name for name in names if "__pycache__" in name]
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, str(place)], check=True)
    subprocess.run(
        [uv, "pip", "install", "-q", "--python", str(place / "bin" / "python"), str(wheel)], check=True
    )
    (tmp_path / "work").mkdir()
    finished = subprocess.run(
        [place / "bin" / "pytest", "-q", "--target", "reference-wsgi-bare", "--check", "wsgi.environ.*"],
        cwd=tmp_path / "work",
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr

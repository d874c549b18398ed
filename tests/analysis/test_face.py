import subprocess
import sys

import pytest

import analysis


def test_importing_the_face_brings_in_no_numpy() -> None:
    code = "import sys, analysis; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_matching_brings_in_no_scipy() -> None:
    code = "import sys; from analysis import Matcher, Library; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_name_of_the_face_is_there() -> None:
    for name in analysis.__all__:
        assert getattr(analysis, name).__doc__


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        analysis.Nothing  # noqa: B018 - the point of the test

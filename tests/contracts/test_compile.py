"""The artifacts and bindings in the package are exactly what the sources compile to."""

import hashlib
import json
from pathlib import Path

import pytest
from solcx.exceptions import SolcError

from contracts import compile as compiling
from contracts.binding_writer import write_binding

CONTRACTS = Path(compiling.__file__).parent


def test_artifacts_and_bindings_rebuild_byte_for_byte() -> None:
    compiled = compiling.compile_contracts()
    assert [item.name for item in compiled] == list(compiling.CONTRACTS)
    assert compiling.stale_files(compiled) == []


def test_changed_artifact_is_noticed() -> None:
    artifact = (CONTRACTS / "artifacts" / "StatusRegistry.json").read_text()
    binding = (CONTRACTS / "bindings" / "status_registry.py").read_text()
    same = compiling.Compiled("StatusRegistry", artifact, binding)
    other = compiling.Compiled("StatusRegistry", artifact + " ", binding)
    assert compiling.stale_files((same,)) == []
    assert [path.name for path in compiling.stale_files((other,))] == ["StatusRegistry.json"]


@pytest.mark.parametrize("name", compiling.CONTRACTS)
def test_artifact_records_compiler_and_sources(name: str) -> None:
    artifact = json.loads((CONTRACTS / "artifacts" / f"{name}.json").read_text())
    assert artifact["compiler"].startswith(f"{compiling.SOLC_VERSION}+commit.")
    assert f"src/{name}.sol" in artifact["sources"]
    for path, digest in artifact["sources"].items():
        assert hashlib.sha256((CONTRACTS / path).read_bytes()).hexdigest() == digest


def test_missing_compiler_is_named_with_its_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    monkeypatch.setattr(compiling, "_HERE", tmp_path / "contracts")
    with pytest.raises(compiling.CompilerMissingError, match="npm ci"):
        compiling.find_compiler()


def test_installed_compiler_is_preferred(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / f"solc-v{compiling.SOLC_VERSION}"
    installed.write_text("")
    monkeypatch.setenv("SOLCX_BINARY_PATH", str(tmp_path))
    assert compiling.find_compiler() == installed


def test_type_that_the_bindings_do_not_know_is_refused() -> None:
    function = {
        "type": "function",
        "name": "f",
        "inputs": [{"name": "a", "type": "string"}],
        "outputs": [],
    }
    with pytest.raises(ValueError, match="string"):
        write_binding("X", [function])


def test_sources_that_do_not_compile_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiler = compiling.find_compiler()
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "Broken.sol").write_text("pragma solidity 0.8.37; contract Broken {")
    monkeypatch.setattr(compiling, "find_compiler", lambda: compiler)
    monkeypatch.setattr(compiling, "_HERE", tmp_path)
    with pytest.raises(SolcError):
        compiling.compile_contracts()

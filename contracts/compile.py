"""Compile the contracts with one pinned compiler into artifacts and typed bindings.

Runs in development and in tests only: at run time nothing compiles. The compiler is one that
py-solc-x has installed, or npm's ``solc`` behind ``contracts/compiler/solc-v0.8.37``; both give the
same bytes, because no metadata hash is appended to the code.
"""

import hashlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import solcx

from contracts.binding_writer import write_binding

SOLC_VERSION: Final = "0.8.37"
CONTRACTS: Final = ("CheckpointLog", "IssuerRegistry", "StatusRegistry")
ARTIFACT_FORMAT: Final = "dojang-artifact-v1"
_HERE: Final = Path(__file__).parent
_COMPILER_NAME: Final = f"solc-v{SOLC_VERSION}"
_SETTINGS: Final = {
    "evmVersion": "cancun",
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    "optimizer": {"enabled": True, "runs": 10_000},
    "viaIR": True,
}
_OUTPUTS: Final = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "metadata"]


class CompilerMissingError(Exception):
    """Neither py-solc-x nor npm has the pinned compiler on this machine."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """What one contract compiles to: file texts of its artifact and its binding."""

    name: str
    artifact: str
    binding: str

    def files(self, root: Path) -> dict[Path, str]:
        """The files to write under ``root``, which is the package ``contracts``."""
        return {
            root / "artifacts" / f"{self.name}.json": self.artifact,
            root / "bindings" / f"{snake_case(self.name)}.py": self.binding,
        }


def snake_case(name: str) -> str:
    """``CheckpointLog`` as ``checkpoint_log``."""
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name).lstrip("_")


def find_compiler() -> Path:
    """The pinned compiler.

    Raises:
        CompilerMissingError: naming the command that brings it.
    """
    folder = Path(os.environ.get("SOLCX_BINARY_PATH") or Path.home() / ".solcx")
    installed = folder / _COMPILER_NAME
    if installed.is_file():
        return installed
    if not (_HERE.parent / "node_modules" / "solc" / "solc.js").is_file():
        raise CompilerMissingError(
            f"solc {SOLC_VERSION} is missing: run 'npm ci' in the root of the checkout"
        )
    if shutil.which("node") is None:
        raise CompilerMissingError("npm's solc needs node, version 20 or newer, on the PATH")
    return _HERE / "compiler" / _COMPILER_NAME


def compile_contracts() -> tuple[Compiled, ...]:
    """Compile every contract.

    Raises:
        CompilerMissingError: no compiler.
        solcx.exceptions.SolcError: the sources do not compile.
        ValueError: the compiler warns; the sources are kept free of warnings.
    """
    sources = {
        f"src/{path.name}": path.read_text(encoding="utf-8")
        for path in sorted((_HERE / "src").glob("*.sol"))
    }
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "sources": {name: {"content": text} for name, text in sources.items()},
            "settings": _SETTINGS | {"outputSelection": {"*": {"*": _OUTPUTS}}},
        },
        solc_binary=find_compiler(),
    )
    if output.get("errors"):
        raise ValueError("\n".join(item["formattedMessage"] for item in output["errors"]))
    return tuple(
        _compiled(name, output["contracts"][f"src/{name}.sol"][name], sources) for name in CONTRACTS
    )


def write_contracts(compiled: tuple[Compiled, ...]) -> list[Path]:
    """Write artifacts and bindings into the package; returns the files."""
    files = _files(compiled)
    for path, text in files.items():
        path.write_text(text, encoding="utf-8")
    return sorted(files)


def stale_files(compiled: tuple[Compiled, ...]) -> list[Path]:
    """Files of the package that are absent or not exactly what was compiled."""
    return sorted(
        path
        for path, text in _files(compiled).items()
        if not path.is_file() or path.read_bytes() != text.encode("utf-8")
    )


def _files(compiled: tuple[Compiled, ...]) -> dict[Path, str]:
    return {path: text for item in compiled for path, text in item.files(_HERE).items()}


def _compiled(name: str, output: dict[str, Any], sources: dict[str, str]) -> Compiled:
    metadata = json.loads(output["metadata"])
    artifact = {
        "format": ARTIFACT_FORMAT,
        "contract": name,
        "compiler": metadata["compiler"]["version"],
        "settings": _SETTINGS,
        "sources": {
            path: hashlib.sha256(sources[path].encode()).hexdigest()
            for path in sorted(metadata["sources"])
        },
        "abi": output["abi"],
        "bytecode": output["evm"]["bytecode"]["object"],
        "deployedBytecode": output["evm"]["deployedBytecode"]["object"],
    }
    text = json.dumps(artifact, indent=1, ensure_ascii=False) + "\n"
    return Compiled(name, text, write_binding(name, output["abi"]))

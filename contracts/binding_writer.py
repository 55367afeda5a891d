"""Write the typed Python binding of a contract from its ABI.

Knows the types that our contracts use, all of them one static word; any other is refused, so that a
new type is met here first.
"""

import keyword
import re
from collections.abc import Iterator
from typing import Any, Final

from eth_utils.crypto import keccak

_PYTHON_TYPES: Final = {
    "address": "bytes",
    "bool": "bool",
    "bytes32": "bytes",
    "uint64": "int",
    "uint8": "int",
    "uint256": "int",
}
_HEADER: Final = '''"""{name}.sol as typed Python.

Generated from the ABI by ``python -m contracts compile``: never edited by hand.
"""

from dataclasses import dataclass
from typing import Final

from contracts.chain.abi import Call, ContractError, ContractEvent, nothing
'''
_LINE_LENGTH: Final = 100

Abi = list[dict[str, Any]]


def write_binding(name: str, abi: Abi) -> str:
    """The source text of the binding of contract ``name``."""
    ordered = sorted(abi, key=lambda entry: (entry["type"], entry.get("name", "")))
    of_type = {
        kind: [entry for entry in ordered if entry["type"] == kind]
        for kind in ("constructor", "function", "event", "error")
    }
    lines = _HEADER.format(name=name).splitlines()
    for entry in of_type["event"]:
        lines += _record(entry, "ContractEvent", "TOPIC", _hash(entry))
    for entry in of_type["error"]:
        lines += _record(entry, "ContractError", "SELECTOR", _hash(entry)[:4])
    for entry in of_type["function"]:
        lines += _result(entry)
    lines += _contract(name, of_type)
    return "\n".join(lines) + "\n"


def _contract(name: str, of_type: dict[str, Abi]) -> Iterator[str]:
    yield from ("", "", f"class {name}:", f'    """Calls of {name}.sol."""', "")
    yield f'    NAME: Final = "{name}"'
    yield from _members("EVENTS", "ContractEvent", of_type["event"])
    yield from _members("ERRORS", "ContractError", of_type["error"])
    for entry in of_type["constructor"]:
        yield from _function(entry | {"name": "constructor", "outputs": []}, b"")
    for entry in of_type["function"]:
        yield from _function(entry, _hash(entry)[:4])


def _members(name: str, base: str, entries: Abi) -> Iterator[str]:
    yield f"    {name}: Final[tuple[type[{base}], ...]] = ("
    yield from (f"        {entry['name']}," for entry in entries)
    yield "    )"


def _record(entry: dict[str, Any], base: str, constant: str, value: bytes) -> Iterator[str]:
    yield from ("", "", "@dataclass(frozen=True, slots=True)", f"class {entry['name']}({base}):")
    yield from (f'    """{_signature(entry)}."""', "")
    yield f'    {constant} = bytes.fromhex("{value.hex()}")'
    yield f"    FIELDS = {_tuple(_field(item) for item in entry['inputs'])}"
    yield from (f"    {_name(item['name'])}: {_type(item)}" for item in entry["inputs"])


def _field(item: dict[str, Any]) -> str:
    return f'"{item["type"]}{" indexed" if item.get("indexed") else ""}"'


def _result(entry: dict[str, Any]) -> Iterator[str]:
    """The class of several results; one result has its own type, none is None."""
    if len(entry["outputs"]) > 1:
        yield from ("", "", "@dataclass(frozen=True, slots=True)", f"class {_result_name(entry)}:")
        yield from (f'    """What {_signature(entry)} returns."""', "")
        yield from (f"    {_name(item['name'])}: {_type(item)}" for item in entry["outputs"])


def _function(entry: dict[str, Any], selector: bytes) -> Iterator[str]:
    result, build = _result_type(entry)
    parameters = ", ".join(f"{_name(item['name'])}: {_type(item)}" for item in entry["inputs"])
    arguments = _tuple(f'("{item["type"]}", {_name(item["name"])})' for item in entry["inputs"])
    outputs = _tuple(f'"{item["type"]}"' for item in entry["outputs"])
    yield from ("", "    @staticmethod")
    yield f"    def {_name(entry['name'])}({parameters}) -> Call[{result}]:"
    yield f'        """{_signature(entry)}."""'
    items = (f'"{selector.hex()}"', arguments, outputs, build)
    line = f"        return Call.of({', '.join(items)})"
    if len(line) <= _LINE_LENGTH:
        yield line
        return
    yield "        return Call.of("
    yield from (f"            {item}," for item in items)
    yield "        )"


def _result_type(entry: dict[str, Any]) -> tuple[str, str]:
    outputs = entry["outputs"]
    if not outputs:
        return "None", "nothing"
    if len(outputs) == 1:
        return _type(outputs[0]), _type(outputs[0])
    return _result_name(entry), _result_name(entry)


def _result_name(entry: dict[str, Any]) -> str:
    name: str = entry["name"]
    return f"{name[0].upper()}{name[1:]}Result"


def _tuple(items: Iterator[str]) -> str:
    listed = list(items)
    return f"({', '.join(listed)}{',' if len(listed) == 1 else ''})"


def _type(item: dict[str, Any]) -> str:
    if item["type"] not in _PYTHON_TYPES:
        raise ValueError(f"the bindings know no type {item['type']}")
    return _PYTHON_TYPES[item["type"]]


def _name(name: str) -> str:
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _signature(entry: dict[str, Any]) -> str:
    return f"{entry['name']}({','.join(item['type'] for item in entry['inputs'])})"


def _hash(entry: dict[str, Any]) -> bytes:
    return keccak(text=_signature(entry))

"""The subset of YAML in which services are written: what one reads is what is meant.

Plain YAML surprises: ``no`` is false, ``2020-03-30`` a date object, ``1:30`` a number, a repeated
key silently wins, an alias can grow without bound. Here a plain scalar is ``true``, ``false``, a
decimal integer, or text; everything else is refused or stays text for the schema to judge.
"""

import re
from collections.abc import Hashable
from typing import Any, Final

import yaml

from contracts.evidence.encoding import Json, canonical
from contracts.evidence.errors import EncodingError
from verifier.eligibility.errors import ServiceYamlError

MAX_FILE_BYTES: Final = 128 * 1024
MAX_DEPTH: Final = 12
_MAX_INTEGER_DIGITS: Final = 15
_BYTE_ORDER_MARK: Final = "\ufeff"
_BOOLEAN: Final = re.compile(r"^(?:true|false)$")
_INTEGER: Final = re.compile(rf"^(?:0|-?[1-9][0-9]{{0,{_MAX_INTEGER_DIGITS - 1}}})$")


def parse_yaml(data: bytes) -> Json:
    """Parse one YAML document of text, integers, booleans, lists and mappings with text keys.

    Args:
        data: UTF-8 without a byte-order mark, at most ``MAX_FILE_BYTES``.

    Returns:
        The value; it has a canonical JSON form, so all text is in Unicode form C.

    Raises:
        ServiceYamlError: other bytes, a repeated or non-text key, an anchor, alias or tag, a
            second document, or nesting beyond ``MAX_DEPTH``.

    Not checked: which members there are (the schema does).
    """
    if len(data) > MAX_FILE_BYTES:
        raise ServiceYamlError(f"file of {len(data)} bytes, at most {MAX_FILE_BYTES} are read")
    try:
        text = data.decode("utf-8")
        if text.startswith(_BYTE_ORDER_MARK):
            raise ServiceYamlError("the file begins with a byte-order mark")
        value: Json = _StrictLoader(text).get_single_data()
        canonical(value)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        # PyYAML lets chr() raise the latter two for an escape beyond Unicode; undecodable bytes
        # are a ValueError too.
        raise ServiceYamlError(f"not the YAML that is read here: {error}") from error
    except EncodingError as error:
        raise ServiceYamlError(f"text without a canonical form: {error}") from error
    return value


class _StrictLoader(yaml.SafeLoader):
    """The safe loader without anchors, tags, guessed types and repeated keys."""

    yaml_implicit_resolvers: Final = {}  # type: ignore[misc] # the stub declares it assignable

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self._depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call] # the stub lacks its types
        if isinstance(event, yaml.AliasEvent) or event.anchor is not None:
            raise _refusal("anchors and aliases are not read", event.start_mark)
        if event.tag is not None:
            raise _refusal("tags are not read", event.start_mark)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise _refusal(f"nested deeper than {MAX_DEPTH}", event.start_mark)
        node = super().compose_node(parent, index)
        self._depth -= 1
        return node

    def construct_mapping(
        self,
        node: yaml.MappingNode,
        deep: bool = False,  # noqa: FBT001, FBT002 # PyYAML's own signature
    ) -> dict[Hashable, Any]:
        seen = set[str]()
        for key, _ in node.value:
            if key.tag != "tag:yaml.org,2002:str":
                raise _refusal("a key is text", key.start_mark)
            if key.value in seen:
                raise _refusal(f"key {key.value!r} stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _refusal(problem: str, mark: yaml.Mark) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:bool", _BOOLEAN, ["t", "f"])
_StrictLoader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, list("-0123456789"))

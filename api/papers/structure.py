"""The logical structure of a PDF (ISO 32000-1, 14.7 and 14.8): what a screen reader reads.

What is drawn inside ``tagged`` belongs to an element of the tree, in the order of drawing; what is
drawn inside ``artifact`` is decoration, and is not read.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from reportlab.pdfbase.pdfdoc import (  # type: ignore[import-untyped] # comes without types
    PDFArray,
    PDFDictionary,
    PDFName,
    PDFObjectReference,
    PDFPage,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped] # comes without types

_ROOT: Final = "structure"
_PAGE_KEYS: Final = ("StructParents", "Tabs")


@dataclass(slots=True)
class Element:
    """A node: its role, where it hangs, what it holds: other nodes, or marks on one page."""

    name: str
    role: str
    parent: str
    attributes: dict[str, Any]
    kids: list[Any] = field(default_factory=list)
    page: str | None = None


@dataclass(slots=True)
class Structure:
    """The tree of one document."""

    canvas: Canvas
    _elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)
    _marks: list[str] = field(default_factory=list)
    _pages: list[list[str]] = field(default_factory=list)
    _kept: dict[int, Element] = field(default_factory=dict)

    @contextmanager
    def group(self, role: str, *, key: int = 0, **attributes: Any) -> Iterator[None]:  # noqa: ANN401 - PDF objects
        """Elements made inside hang under a new one, or under the earlier one of the key."""
        if key in self._kept:
            self._open.append(self._kept[key])
        else:
            made = self._begin(role, attributes)
            if key:
                self._kept[key] = made
        yield
        self._open.pop()

    @contextmanager
    def tagged(self, role: str, **attributes: Any) -> Iterator[None]:  # noqa: ANN401 - PDF objects
        """What is drawn inside is a new element."""
        element = self._begin(role, attributes)
        element.kids.append(len(self._marks))
        element.page = f"Page{len(self._pages) + 1}"
        self.canvas._code.append(f"/{role} <</MCID {len(self._marks)}>> BDC")  # noqa: SLF001 - the library has no public way
        self._marks.append(element.name)
        yield
        self.canvas._code.append("EMC")  # noqa: SLF001 - as above
        self._open.pop()

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn inside is not read."""
        self.canvas._code.append("/Artifact BMC")  # noqa: SLF001 - as above
        yield
        self.canvas._code.append("EMC")  # noqa: SLF001 - as above

    def end_page(self) -> None:
        """Finish the page; marks are counted anew on the next."""
        self._pages.append(self._marks)
        self._marks = []
        self.canvas.showPage()

    def finish(self) -> None:
        """Write the tree into the document."""
        document = self.canvas._doc  # noqa: SLF001 - as above
        for number, marks in enumerate(self._pages):
            page = document.idToObject[f"Page{number + 1}"]
            page.__NoDefault__ = [*PDFPage.__NoDefault__, *_PAGE_KEYS]
            page.StructParents, page.Tabs = number, PDFName("S")
            document.Reference(PDFArray([_ref(name) for name in marks]), f"marks{number}")
        for element in self._elements:
            document.Reference(_dictionary(element), element.name)
        numbers = [part for n in range(len(self._pages)) for part in (n, _ref(f"marks{n}"))]
        tops = [_ref(e.name) for e in self._elements if e.parent == _ROOT]
        root = {
            "Type": PDFName("StructTreeRoot"),
            "K": PDFArray(tops),
            "ParentTree": PDFDictionary({"Nums": PDFArray(numbers)}),
            "ParentTreeNextKey": len(self._pages),
        }
        document.Reference(PDFDictionary(root), _ROOT)
        document.Catalog.StructTreeRoot = _ref(_ROOT)
        document.Catalog.MarkInfo = PDFDictionary({"Marked": "true"})

    def _begin(self, role: str, attributes: dict[str, Any]) -> Element:
        parent = self._open[-1] if self._open else None
        name = f"element{len(self._elements)}"
        element = Element(name, role, parent.name if parent else _ROOT, attributes)
        if parent is not None:
            parent.kids.append(_ref(name))
        self._elements.append(element)
        self._open.append(element)
        return element


def language(code: str) -> dict[str, Any]:
    """The attribute that says in which language an element is."""
    return {"Lang": PDFString(code)}


def alternative(text: str) -> dict[str, Any]:
    """The attribute that says a picture in words."""
    return {"Alt": PDFString(text)}


def row_header() -> dict[str, Any]:
    """The attribute of a cell that is the header of its row."""
    return {"A": PDFDictionary({"O": PDFName("Table"), "Scope": PDFName("Row")})}


def _dictionary(element: Element) -> PDFDictionary:
    members = {
        "Type": PDFName("StructElem"),
        "S": PDFName(element.role),
        "P": _ref(element.parent),
        "K": PDFArray(element.kids),
        **element.attributes,
    }
    if element.page is not None:
        members["Pg"] = _ref(element.page)
    return PDFDictionary(members)


def _ref(name: str) -> PDFObjectReference:
    return PDFObjectReference(name)

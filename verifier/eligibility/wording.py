"""Texts in Korean and English that always travel together."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Language: TypeAlias = Literal["ko", "en"]


@dataclass(frozen=True, slots=True)
class Bilingual:
    """One statement in Korean and in English, both complete."""

    ko: str
    en: str

    def of(self, lang: Language) -> str:
        """The text in one language."""
        return self.ko if lang == "ko" else self.en

    def as_json(self) -> dict[str, str]:
        """Both texts under their language tags."""
        return {"ko": self.ko, "en": self.en}

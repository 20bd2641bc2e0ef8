"""What writing a REFI-QDA file shares: clean words, GUIDs, elements, and the count of losses."""

import re
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from lxml import etree

PROJECT, CODEBOOK = "urn:QDA-XML:project:1.0", "urn:QDA-XML:codebook:1.0"
# Ids that are no GUIDs (Taguette's, QualCoder's) always become the same GUID.
OWN_IDS = uuid.UUID("5b1c2f0e-6a39-4d0b-9b62-0c6f0e0a7f11")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SPACES = re.compile("[\x0b\x0c\x1c-\x1f]")
UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\ufffe\uffff\ud800-\udfff]")


@dataclass
class Outgoing:
    """One file on its way out.

    coders: a coder's name to the GUID of that user.
    notes: what a note is about, as (kind, GUID), to the GUIDs of such notes; those referred to
        are taken out.
    parts: (kind, source's GUID) to the GUIDs of its text parts that notes are about.
    members: the files beside the XML, by their path in the archive.
    losses: what the format cannot hold, counted.
    """

    namespace: str = PROJECT
    coders: Mapping[str, str] = field(default_factory=dict)
    notes: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    parts: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    members: dict[str, bytes] = field(default_factory=dict)
    losses: Counter = field(default_factory=Counter)

    def root(self, tag: str, **attributes) -> etree._Element:
        """Return a root element of the namespace."""
        element = etree.Element(f"{{{self.namespace}}}{tag}", nsmap={None: self.namespace})
        return self._fill(element, attributes)

    def add(self, parent, tag: str, /, text: str | None = None, **attributes):
        """Add and return an element; attributes that are missing are left out."""
        element = etree.SubElement(parent, f"{{{self.namespace}}}{tag}")
        if not _missing(text):
            element.text = self.clean(text)
        return self._fill(element, attributes)

    def _fill(self, element, attributes: Mapping):
        for name, value in attributes.items():
            if not _missing(value):
                element.set(name, self.clean(value))
        return element

    def describe(self, parent, text) -> None:
        """Add a Description where there is one."""
        if not _missing(text):
            self.add(parent, "Description", text)

    def add_note_refs(self, element, about: str) -> None:
        """Add the references to the notes about an element, each once."""
        for note in self.notes.pop((about, element.get("guid")), []):
            self.add(element, "NoteRef", targetGUID=note)

    def clean(self, words) -> str:
        """Return words as XML can hold them; a character it cannot hold becomes � and a loss."""
        words = SPACES.sub(" ", str(words))
        if UNWRITABLE.search(words):
            self.losses["words with control characters"] += 1
            words = UNWRITABLE.sub("\ufffd", words)
        return words

    def text_member(self, guid: str, text: str) -> str:
        """Keep a text as a file of its own and return its address."""
        if re.search("[\ud800-\udfff]", text):
            self.losses["text with half a character"] += 1
            text = re.sub("[\ud800-\udfff]", "\ufffd", text)
        # A text that begins with a byte-order mark would lose it on reading: give it a second one.
        encoding = "utf-8-sig" if text.startswith("\ufeff") else "utf-8"
        self.members[f"sources/{guid}.txt"] = text.encode(encoding)
        return f"internal://{guid}.txt"


def as_guid(kind: str, identifier) -> str:
    """Return an id where it is a GUID, or else the GUID that always stands for it."""
    words = "" if _missing(identifier) else str(identifier)
    return words if GUID.fullmatch(words) else str(uuid.uuid5(OWN_IDS, f"{kind}\x1f{words}"))


def _missing(value) -> bool:
    return value is None or value is pd.NA or (isinstance(value, float) and value != value)

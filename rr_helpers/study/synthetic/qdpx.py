"""Writing a coded project in the exchange format REFI-QDA 1.5 (project.qde in a .qdpx archive).

Positions count code points, the end is exclusive, as the standard's section 10.2 is read by the
tools that follow it; the quoted text stands in each selection's name, so a reader can check.
"""

import io
import uuid
import zipfile
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from rr_helpers.study.synthetic.codebook import CODES, FOLDERS
from rr_helpers.study.synthetic.documents import FIRST_CODER, SECOND_CODER, Document

NAMESPACE = "urn:QDA-XML:project:1.0"
MOMENT = "2021-09-01T10:00:00Z"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_ROOT = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)


def qdpx_bytes(documents: Sequence[Document], *, seed: int) -> bytes:
    """Return the archive: the same documents and seed give the same bytes."""

    def guid(*names: object) -> str:
        return str(uuid.uuid5(_ROOT, "/".join(map(str, (seed, *names)))))

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        _add(archive, "project.qde", _project(documents, guid))
        for document in documents:
            path = f"sources/{guid('text', document.name)}.txt"
            _add(archive, path, document.text.encode("utf-8"))
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    member = zipfile.ZipInfo(name, date_time=_FIXED_TIME)
    # The system that wrote it stands in the archive; without this, Windows would give other bytes.
    member.create_system, member.compress_type = 3, zipfile.ZIP_DEFLATED
    member.external_attr = 0o644 << 16
    archive.writestr(member, data)


def _project(documents, guid) -> bytes:
    project = Xml.Element(
        "Project",
        {
            "xmlns": NAMESPACE,
            "name": "Rescue and Response, synthetic",
            "origin": "rr_helpers synthetic study",
            "creatingUserGUID": guid("user", FIRST_CODER),
            "creationDateTime": MOMENT,
        },
    )
    users = Xml.SubElement(project, "Users")
    for coder in (FIRST_CODER, SECOND_CODER):
        Xml.SubElement(users, "User", guid=guid("user", coder), name=coder, id=coder)
    _codebook(project, guid)
    sources = Xml.SubElement(project, "Sources")
    for document in documents:
        _source(sources, document, guid)
    return Xml.tostring(project, encoding="utf-8", xml_declaration=True)


def _codebook(project, guid) -> None:
    codes = Xml.SubElement(Xml.SubElement(project, "CodeBook"), "Codes")
    for folder in FOLDERS:
        parent = Xml.SubElement(
            codes, "Code", guid=guid("folder", folder), name=folder, isCodable="false"
        )
        for label, (its_folder, _, _, definition, _) in CODES.items():
            if its_folder == folder:
                code = Xml.SubElement(
                    parent, "Code", guid=guid("code", label), name=label, isCodable="true"
                )
                Xml.SubElement(code, "Description").text = definition


def _source(sources, document, guid) -> None:
    source = Xml.SubElement(
        sources,
        "TextSource",
        guid=guid("source", document.name),
        name=document.name,
        plainTextPath=f"internal://{guid('text', document.name)}.txt",
        creatingUser=guid("user", FIRST_CODER),
        creationDateTime=MOMENT,
    )
    selections: dict = {}
    for coding in document.codings:
        place = (coding.start, coding.end, coding.coder)
        if place not in selections:
            selections[place] = Xml.SubElement(
                source,
                "PlainTextSelection",
                guid=guid("selection", document.name, *place),
                name=document.text[coding.start : coding.end],
                startPosition=str(coding.start),
                endPosition=str(coding.end),
                creatingUser=guid("user", coding.coder),
                creationDateTime=MOMENT,
            )
        mark = Xml.SubElement(
            selections[place],
            "Coding",
            guid=guid("coding", document.name, *place, coding.code),
            creatingUser=guid("user", coding.coder),
            creationDateTime=MOMENT,
        )
        Xml.SubElement(mark, "CodeRef", targetGUID=guid("code", coding.code))

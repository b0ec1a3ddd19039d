"""Writes the documents of this folder: pip install reportlab pypdf python-docx cryptography; python make.py"""

from pathlib import Path

from docx import Document
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A5
from reportlab.pdfgen import canvas

HERE = Path(__file__).parent
NOTES = [
    "Notes of the harbour master",
    "The tide gauge was read at noon and again at dusk.",
    "The password of the lighthouse is “marmalade”.",
]


def write_pdf(name: str, pages: list[list[str]]) -> None:
    page = canvas.Canvas(str(HERE / name), pagesize=A5, invariant=1)
    for lines in pages:
        for i, line in enumerate(lines):
            page.drawString(50, 500 - 20 * i, line.replace("“", '"').replace("”", '"'))
        page.showPage()
    page.save()


def write_scan(name: str) -> None:
    page = canvas.Canvas(str(HERE / name), pagesize=A5, invariant=1)
    page.rect(50, 50, 200, 200, fill=1)
    page.showPage()
    page.save()


def write_locked(name: str, source: str) -> None:
    writer = PdfWriter(clone_from=PdfReader(HERE / source))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(HERE / name)


def write_docx(name: str) -> None:
    document = Document()
    document.add_heading(NOTES[0], level=1)
    for line in NOTES[1:]:
        document.add_paragraph(line)
    document.add_paragraph("Oil the lamp", style="List Bullet")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, [("Mark", "Level"), ("Upper", "87 cm")]):
        for cell, text in zip(row.cells, cells):
            cell.text = text
    document.save(HERE / name)


write_pdf("notes.pdf", [NOTES[:2], NOTES[2:]])
write_scan("scan.pdf")
write_locked("locked.pdf", "notes.pdf")
write_docx("notes.docx")

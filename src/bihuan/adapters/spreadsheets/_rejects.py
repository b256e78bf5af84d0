"""The rejected rows as a file the sender can mend and send again."""

from io import BytesIO

import xlsxwriter

from bihuan.adapters.spreadsheets._values import Reading

OUR_COLUMNS = ("行号", "栏目", "原因", "如何修改")


def rejects_file(reading: Reading) -> bytes:
    """An .xlsx of the rejected rows; see `write_rejects`."""
    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet((reading.sheet or "名单")[:31])
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        wrong = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top", "bg_color": "#FFE3E3"})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1, "num_format": "@", "text_wrap": True})
        ours = book.add_format({"bold": True, "bg_color": "#FFF3CD", "border": 1, "text_wrap": True})
        told = book.add_format({"text_wrap": True, "valign": "top", "font_color": "#A61E1E"})
        width = len(reading.labels)
        for column, label in enumerate(reading.labels):
            sheet.write_string(0, column, label, head)
        for column, label in enumerate(OUR_COLUMNS, start=width):
            sheet.write_string(0, column, label, ours)
        for line, row in enumerate(reading.rejected, start=1):
            faulty = {fault.column for fault in row.faults}
            for column, cell in enumerate(row.cells):
                sheet.write_string(line, column, cell, wrong if reading.labels[column] in faulty else text)
            columns = list(dict.fromkeys(fault.column for fault in row.faults if fault.column))
            mends = list(dict.fromkeys(fault.mend.zh for fault in row.faults))
            sheet.write_number(line, width, row.row, told)
            sheet.write_string(line, width + 1, "、".join(columns), told)
            sheet.write_string(line, width + 2, "；".join(fault.reason.zh for fault in row.faults), told)
            sheet.write_string(line, width + 3, "；".join(mends), told)
        for column, label in enumerate(reading.labels):
            longest = max([len(label), *(len(row.cells[column]) for row in reading.rejected[:200])])
            sheet.set_column(column, column, min(max(2 * len(label), longest + 4, 8), 36), text)
        sheet.set_column(width, width, 8)
        sheet.set_column(width + 1, width + 1, 16)
        sheet.set_column(width + 2, width + 3, 44)
        sheet.freeze_panes(1, 0)
    return out.getvalue()

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/print/pdf_properties.h"

#include <optional>

#include <QRegularExpression>

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

/// What the trailer says.
struct Trailer {
    QByteArray size, root, info, cross_references;
};

std::optional<Trailer> read_trailer(const QByteArray& pdf) {
    const QByteArray end = pdf.mid(pdf.lastIndexOf("trailer"));
    const auto number_after = [&](const char* word) {
        const QRegularExpression pattern(QLatin1StringView(word) + u"\\s+(\\d+)"_s);
        return pattern.match(QString::fromLatin1(end)).captured(1).toLatin1();
    };
    Trailer trailer{number_after("/Size"), number_after("/Root"), number_after("/Info"), number_after("startxref")};
    if (trailer.size.isEmpty() || trailer.root.isEmpty() || trailer.info.isEmpty() ||
        trailer.cross_references.isEmpty())
        return std::nullopt;
    return trailer;
}

/// The dictionary of object `number`, without its "<<" and ">>"; empty where it is not found.
QByteArray dictionary_of(const QByteArray& pdf, const QByteArray& number) {
    const qsizetype begin = pdf.lastIndexOf("\n" + number + " 0 obj");
    const qsizetype end = begin < 0 ? -1 : pdf.indexOf("endobj", begin);
    if (end < 0)
        return {};
    const qsizetype open = pdf.indexOf("<<", begin);
    const qsizetype close = pdf.lastIndexOf(">>", end);
    return open < 0 || open > end || close < open ? QByteArray() : pdf.mid(open + 2, close - open - 2).trimmed();
}

/// A text string (7.9.2.2): UTF-16BE behind a byte order mark, in hexadecimal.
QByteArray text_string(const QString& text) {
    QByteArray hex = "<FEFF";
    for (const QChar letter : text)
        hex += QByteArray::number(letter.unicode(), 16).rightJustified(4, '0').toUpper();
    return hex + ">";
}

/// An object at the end of the file, and the entry of the cross-reference table that leads to it.
QByteArray append_object(QByteArray& pdf, const QByteArray& number, const QByteArray& dictionary) {
    const QByteArray place = QByteArray::number(pdf.size()).rightJustified(10, '0');
    pdf += number + " 0 obj\n<<\n" + dictionary + "\n>>\nendobj\n";
    return number + " 1\n" + place + " 00000 n \n";
}

} // namespace

QByteArray with_properties(const QByteArray& pdf, const QString& author, const QString& language) {
    const std::optional<Trailer> trailer = read_trailer(pdf);
    if (!trailer)
        return pdf;
    const QByteArray catalogue = dictionary_of(pdf, trailer->root);
    const QByteArray information = dictionary_of(pdf, trailer->info);
    if (catalogue.isEmpty() || information.isEmpty())
        return pdf;
    QByteArray updated = pdf;
    if (!updated.endsWith('\n'))
        updated += '\n';
    QByteArray entries = append_object(updated, trailer->root, catalogue + "\n/Lang " + text_string(language));
    entries += append_object(updated, trailer->info, information + "\n/Author " + text_string(author));
    const QByteArray place = QByteArray::number(updated.size());
    updated += "xref\n" + entries + "trailer\n<<\n/Size " + trailer->size + "\n/Root " + trailer->root +
               " 0 R\n/Info " + trailer->info + " 0 R\n/Prev " + trailer->cross_references + "\n>>\nstartxref\n" +
               place + "\n%%EOF\n";
    return updated;
}

} // namespace isolab

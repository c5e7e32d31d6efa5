// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/widgets/document_view.h"

#include <QLabel>
#include <QVBoxLayout>

#include "gui/charts/drawing_view.h"
#include "gui/widgets/document_table.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

using Block = DocumentBlock::Kind;

QString role_of(const DocumentBlock& block) {
    switch (block.kind) {
    case Block::heading:
        return block.level == 1 ? u"title"_s : u"subtitle"_s;
    case Block::caption:
        return u"caption"_s;
    case Block::note:
        return u"note"_s;
    default:
        return {};
    }
}

} // namespace

DocumentView::DocumentView(const Theme& theme, QWidget* parent)
    : QWidget(parent), theme_(theme), column_(new QVBoxLayout(this)) {
    column_->setContentsMargins(0, 0, 0, 0);
    const auto restyle = [this] { column_->setSpacing(theme_.px(8)); };
    connect(&theme, &Theme::changed, this, restyle);
    restyle();
}

void DocumentView::show_document(const Document& document) {
    while (QLayoutItem* item = column_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    setAccessibleName(QString::fromStdString(document.title));
    for (const DocumentBlock& block : document.blocks)
        add(block);
    column_->addStretch(1);
}

void DocumentView::add(const DocumentBlock& block) {
    switch (block.kind) {
    case Block::table:
        column_->addWidget(new DocumentTableView(theme_, block.table));
        return;
    case Block::figure:
        column_->addWidget(new DrawingView(theme_, block.figure));
        return;
    default:
        add_text(block);
    }
}

void DocumentView::add_text(const DocumentBlock& block) {
    if (block.kind == Block::heading && column_->count() > 0)
        column_->addSpacing(theme_.px(8));
    auto* label = new QLabel(QString::fromStdString(block.text));
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    label->setWordWrap(true);
    label->setProperty("role", role_of(block));
    column_->addWidget(label);
}

} // namespace isolab

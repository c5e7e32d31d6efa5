// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

#include "compare/report/document.h"
#include "gui/theme/theme.h"

class QVBoxLayout;

namespace isolab {

/// A document as widgets, one for each block, as wide as there is room; its height follows. All text is shown as it is,
/// never as markup: it may come from images.
class DocumentView : public QWidget {
    Q_OBJECT
  public:
    explicit DocumentView(const Theme& theme, QWidget* parent = nullptr);
    void show_document(const Document& document);

  private:
    void add(const DocumentBlock& block);
    void add_text(const DocumentBlock& block);

    const Theme& theme_;
    QVBoxLayout* column_;
};

} // namespace isolab

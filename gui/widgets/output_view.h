// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QPlainTextEdit>

#include "gui/theme/theme.h"

namespace isolab {

/// What a workload printed: monospace, bounded, following its end unless the reader scrolled away.
class OutputView : public QPlainTextEdit {
    Q_OBJECT
  public:
    OutputView(const Theme& theme, World world, QWidget* parent = nullptr);
    /// Replaces the text; appends only what is new when `text` continues what is shown.
    void show_output(const std::string& text);

    QSize sizeHint() const override;

  private:
    const Theme& theme_;
    std::string shown_;
};

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringDecoder>
#include <QWidget>

#include "gui/models/live_comparison.h"
#include "gui/theme/theme.h"

class QLabel;
class QPlainTextEdit;
class QStackedLayout;

namespace isolab {

/// What a workload printed: monospace, bounded, following its end unless the reader scrolled away. Under a caption in
/// the colour of its world.
class OutputView : public QWidget {
    Q_OBJECT
  public:
    OutputView(const Theme& theme, std::string world, QWidget* parent = nullptr);
    /// Appends only what is new when `output` goes on from what is shown, otherwise replaces it.
    void show_output(const OutputTail& output);
    /// What stands there without output: that it will come, or that the finished run printed nothing.
    void show_ended(bool ended);
    QString text() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    bool continues(const OutputTail& output) const;
    void append(std::string_view bytes);
    void replace(const std::string& text);
    void restyle();

    const Theme& theme_;
    std::string world_;
    QLabel *caption_, *hint_;
    QPlainTextEdit* console_;
    QStackedLayout* stack_;
    OutputTail shown_;
    QStringDecoder decoder_{QStringDecoder::Utf8}; ///< keeps the beginning of a character that is not complete yet
};

} // namespace isolab

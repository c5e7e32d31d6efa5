// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <vector>

#include <QAbstractButton>

#include "gui/theme/theme.h"

class QMenu;
class QVBoxLayout;

namespace isolab {

enum class Icon { compare, book, history, system, menu };

/// One entry in the rail: an icon over its name.
class NavButton : public QAbstractButton {
    Q_OBJECT
  public:
    NavButton(const Theme& theme, Icon icon, const QString& text, QWidget* parent = nullptr);
    QSize sizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    Icon icon_;
};

/// The pages at the left edge; exactly one is chosen.
class NavRail : public QWidget {
    Q_OBJECT
  public:
    explicit NavRail(const Theme& theme, QWidget* parent = nullptr);
    void add_page(Icon icon, const QString& text);
    /// The program's menu, behind a button at the lower end.
    void set_menu(const QString& text, QMenu* menu);
    void choose(int page);
    int page() const noexcept { return page_; }

  Q_SIGNALS:
    void page_chosen(int page);

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    const Theme& theme_;
    QVBoxLayout* layout_;
    std::vector<NavButton*> buttons_;
    int page_ = 0;
};

} // namespace isolab

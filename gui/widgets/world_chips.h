// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

#include <QWidget>

#include "compare/adapters/session.h"
#include "gui/theme/theme.h"

class QPushButton;

namespace isolab {

/// No more worlds than this fit beside each other so that they can be compared.
inline constexpr std::size_t most_worlds = 6;

/// Which worlds are compared: a chip for each that this machine might have, with its colour; one that cannot be used
/// says why in its tooltip. At least one is chosen, and most_worlds at most. Chips take as many lines as they need.
class WorldChips : public QWidget {
    Q_OBJECT
  public:
    explicit WorldChips(const Theme& theme, QWidget* parent = nullptr);

    /// The worlds of this machine; until then all that are known, of which nothing is known.
    void show_worlds(const std::vector<WorldStatus>& worlds);
    /// Chooses exactly these; those that have no chip get one.
    void choose(const std::vector<std::string>& worlds);
    std::vector<std::string> chosen() const; ///< in the order of the chips; the first is what ratios are over
    /// `reason`: why no other worlds can be chosen now; empty: they can.
    void set_available(const QString& reason);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  Q_SIGNALS:
    void chosen_changed();

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    struct Chip {
        WorldStatus status;
        QPushButton* button;
    };
    void add_chip(const WorldStatus& status);
    void on_toggled(QPushButton& button);
    void refresh();
    QString tip_of(const Chip& chip, bool full) const;
    /// Places the chips in lines of `width` when `place` is set; the height that they take.
    int arrange(int width, bool place) const;

    const Theme& theme_;
    std::vector<Chip> chips_;
    QString reason_;
};

} // namespace isolab

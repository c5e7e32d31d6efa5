// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "gui/models/side_view.h"
#include "gui/models/stack.h"
#include "gui/widgets/card.h"

namespace isolab {

class BigNumber;
class FigureRows;
class Pill;
class StackView;

/// One world on the compare page: state, the number that is read first, its figures, its layers.
class SideCard : public Card {
    Q_OBJECT
  public:
    SideCard(const Theme& theme, const std::string& world, QWidget* parent = nullptr);
    void show_side(const SideView& side, const Stack& stack, Mode mode);

  private:
    QString caption(const SideView& side, Mode mode) const;
    void show_figures(const SideView& side);
    void show_state(const SideView& side);

    const Theme& theme_;
    QHBoxLayout* head_;
    Pill* mark_;
    Pill* state_;
    BigNumber* number_;
    FigureRows* figures_;
    StackView* stack_;
};

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QListView>

#include "gui/models/book_model.h"
#include "gui/theme/theme.h"

namespace isolab {

/// The lines of the book, one of them chosen: what it says, and under it what was measured.
class BookList : public QListView {
    Q_OBJECT
  public:
    BookList(const Theme& theme, BookModel& model, QWidget* parent = nullptr);

    std::string chosen() const; ///< id of the experiment; empty: none
    void choose(const std::string& experiment);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void chosen_changed();

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

  private:
    const Theme& theme_;
    BookModel& model_;
};

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include <QWidget>

#include "gui/jobs/suite_controller.h"
#include "gui/models/book_model.h"
#include "gui/theme/theme.h"

class QBoxLayout;
class QLabel;
class QPushButton;
class QScrollArea;

namespace isolab {

class Banner;
class BookHead;
class BookList;
class Card;
class DocumentView;

/// The book's rows, each with what was measured of it, and beside them all there is about the chosen one. Shows what
/// the controller holds.
class BookPage : public QWidget {
    Q_OBJECT
  public:
    BookPage(const Theme& theme, SuiteController& suite, QWidget* parent = nullptr);

    void choose(const std::string& experiment);
    void export_results(); ///< asks for a file

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void build();
    Card* list_card();
    Card* make_document_card();
    void show_document(const Experiment* experiment);
    void refresh(); ///< after a change of state or results
    void refresh_lines();
    void refresh_message();
    void refresh_row_button();
    void refresh_document();
    void tell_export(const std::string& file, const std::optional<Error>& error);
    void restyle();
    void fit_width();
    QString date_line(const ExperimentResult& result) const;

    const Theme& theme_;
    SuiteController& suite_;
    BookModel model_;
    BookHead* head_;
    BookList* list_;
    QLabel *empty_, *about_;
    Banner* message_;
    QPushButton* measure_row_;
    DocumentView* document_;
    QScrollArea* scroll_;
    Card* document_card_ = nullptr;
    QBoxLayout *body_ = nullptr, *column_ = nullptr;
    std::string shown_;          ///< the experiment that document_ is about
    MeasuredPointer shown_from_; ///< what it was made of
};

} // namespace isolab

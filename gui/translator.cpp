// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/translator.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace isolab {

using namespace Qt::StringLiterals;

bool install_language(const QString& locale_name) {
    const QLocale locale(locale_name);
    if (locale.language() == QLocale::English || locale.language() == QLocale::C)
        return false;
    auto* own = new QTranslator(qApp);
    if (!own->load(locale, u"isolab"_s, u"_"_s, u":/i18n"_s)) {
        delete own;
        return false;
    }
    QCoreApplication::installTranslator(own);
    auto* qt = new QTranslator(qApp);
    if (qt->load(locale, u"qtbase"_s, u"_"_s, QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(qt);
    return true;
}

} // namespace isolab

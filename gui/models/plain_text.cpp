// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/models/plain_text.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr qsizetype tip_limit = 1200; ///< more does not fit on a screen

} // namespace

QString plain_tip(const QString& text) {
    if (text.isEmpty())
        return {};
    return u"<p>"_s + shortened(text, tip_limit).toHtmlEscaped().replace(u'\n', u"<br/>"_s) + u"</p>"_s;
}

QString shortened(const QString& text, qsizetype limit) {
    return text.size() <= limit ? text : text.first(limit - 1) + u'…';
}

} // namespace isolab

// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui/options.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QLocale>

#include "compare/model/world.h"
#include "gui/widgets/world_chips.h"

namespace isolab {
namespace {

using namespace Qt::StringLiterals;

constexpr unsigned max_runs = 1000;

tl::unexpected<Error> bad_value(const QString& option, const QString& value, const char* possible) {
    return fail(ErrorKind::invalid_argument, "read option", "--" + option.toStdString(),
                "\"" + value.toStdString() + "\" is not possible", possible);
}

Result<void> read_numbers(const QCommandLineParser& parser, GuiOptions& options) {
    if (parser.isSet(u"runs"_s)) {
        const QString text = parser.value(u"runs"_s);
        const unsigned runs = text.toUInt();
        if (runs < 1 || runs > max_runs)
            return bad_value(u"runs"_s, text, "Give a number from 1 to 1000");
        options.runs = runs;
    }
    if (parser.isSet(u"scale"_s)) {
        const QString text = parser.value(u"scale"_s);
        const int scale = text.toInt();
        if (scale < 80 || scale > 250)
            return bad_value(u"scale"_s, text, "Give a percentage from 80 to 250");
        options.scale = scale;
    }
    return {};
}

Result<void> read_worlds(const QCommandLineParser& parser, GuiOptions& options) {
    if (!parser.isSet(u"sides"_s))
        return {};
    QStringList known;
    for (const World& world : known_worlds())
        known << QString::fromStdString(world.id);
    const QString text = parser.value(u"sides"_s);
    const QStringList chosen = text.split(u',');
    for (const QString& id : chosen) {
        if (!known.contains(id) || chosen.count(id) > 1)
            return fail(ErrorKind::invalid_argument, "read option", "--sides",
                        "\"" + id.toStdString() + (known.contains(id) ? "\" stands there twice" : "\" is no world"),
                        "Give some of " + known.join(", "_L1).toStdString() + ", with commas between them");
        options.worlds.push_back(id.toStdString());
    }
    if (options.worlds.size() > most_worlds)
        return bad_value(u"sides"_s, text, "Give six worlds at most");
    return {};
}

Result<void> read_machine(const QCommandLineParser& parser, GuiOptions& options) {
    if (parser.isSet(u"connect"_s))
        options.libvirt_uri = parser.value(u"connect"_s).toStdString();
    if (parser.isSet(u"kernel"_s))
        options.kernel = parser.value(u"kernel"_s).toStdString();
    if (parser.isSet(u"vm"_s)) {
        const QString kind = parser.value(u"vm"_s);
        if (kind.compare("standard"_L1, Qt::CaseInsensitive) == 0)
            options.machine_kind = MachineKind::standard;
        else if (kind.compare("lean"_L1, Qt::CaseInsensitive) != 0)
            return bad_value(u"vm"_s, kind, "Give standard or lean");
    }
    if (!parser.isSet(u"accelerator"_s))
        return {};
    const QString name = parser.value(u"accelerator"_s);
    if (name.compare("kvm"_L1, Qt::CaseInsensitive) == 0)
        options.accelerator = Accelerator::kvm;
    else if (name.compare("tcg"_L1, Qt::CaseInsensitive) == 0)
        options.accelerator = Accelerator::tcg;
    else
        return bad_value(u"accelerator"_s, name, "Give kvm or tcg");
    return {};
}

Result<StartPage> read_page(const QCommandLineParser& parser) {
    static const QStringList names{u"compare"_s, u"book"_s, u"results"_s, u"system"_s}; // in the order of StartPage
    if (!parser.isSet(u"page"_s))
        return StartPage::compare;
    const qsizetype found = names.indexOf(parser.value(u"page"_s));
    if (found < 0)
        return bad_value(u"page"_s, parser.value(u"page"_s), "Give compare, book, results or system");
    return static_cast<StartPage>(found);
}

} // namespace

Result<GuiOptions> parse_options(const QStringList& arguments) {
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QCoreApplication::translate("Options", "One workload in a container and in a virtual machine, side by side"));
    parser.addHelpOption();
    parser.addVersionOption();
    const auto text = [](const char* english) { return QCoreApplication::translate("Options", english); };
    parser.addOptions({
        {u"root"_s, text(QT_TRANSLATE_NOOP("Options", "Data folder")), u"DIR"_s},
        {u"connect"_s, text(QT_TRANSLATE_NOOP("Options", "libvirt connection; default: QEMU in this process")),
         u"URI"_s},
        {u"accelerator"_s, text(QT_TRANSLATE_NOOP("Options", "kvm or tcg; default: KVM where it really works")),
         u"NAME"_s},
        {u"vm"_s, text(QT_TRANSLATE_NOOP("Options", "Kind of machine: standard or lean; default: lean")), u"KIND"_s},
        {u"kernel"_s, text(QT_TRANSLATE_NOOP("Options", "Guest kernel (bzImage or vmlinux)")), u"FILE"_s},
        {u"workload"_s, text(QT_TRANSLATE_NOOP("Options", "Workload or image to choose")), u"ID"_s},
        {u"sides"_s, text(QT_TRANSLATE_NOOP("Options", "Worlds to choose, with commas between them")), u"WORLDS"_s},
        {u"start"_s,
         text(QT_TRANSLATE_NOOP("Options", "Start the comparison at once; with --page book the quick book"))},
        {u"runs"_s, text(QT_TRANSLATE_NOOP("Options", "Measured runs of each side")), u"N"_s},
        {u"page"_s, text(QT_TRANSLATE_NOOP("Options", "Page to show: compare, book, results or system")), u"NAME"_s},
        {u"theme"_s, text(QT_TRANSLATE_NOOP("Options", "light, dark or system")), u"NAME"_s},
        {u"scale"_s, text(QT_TRANSLATE_NOOP("Options", "Size of everything in percent")), u"PERCENT"_s},
        {u"language"_s, text(QT_TRANSLATE_NOOP("Options", "Language, such as zh_CN")), u"NAME"_s},
        {u"screenshot"_s,
         text(QT_TRANSLATE_NOOP("Options",
                                "Run once, save pictures of the idle, running and finished window, and exit")),
         u"PREFIX"_s},
    });
    parser.process(arguments);
    GuiOptions options;
    options.root = parser.value(u"root"_s).toStdString();
    options.workload = parser.value(u"workload"_s).toStdString();
    options.start = parser.isSet(u"start"_s);
    options.screenshots = parser.value(u"screenshot"_s);
    if (parser.isSet(u"theme"_s)) {
        const QString name = parser.value(u"theme"_s);
        if (theme_name(theme_choice(name)) != name)
            return bad_value(u"theme"_s, name, "Give light, dark or system");
        options.theme = theme_choice(name);
    }
    ISOLAB_ASSIGN(options.page, read_page(parser));
    ISOLAB_TRY(read_machine(parser, options));
    ISOLAB_TRY(read_worlds(parser, options));
    ISOLAB_TRY(read_numbers(parser, options));
    return options;
}

QString wanted_language(const QStringList& arguments) {
    const qsizetype at = arguments.indexOf(u"--language"_s);
    if (at >= 0 && at + 1 < arguments.size())
        return arguments[at + 1];
    for (const QString& argument : arguments)
        if (argument.startsWith("--language="_L1))
            return argument.section(u'=', 1);
    return QLocale::system().uiLanguages().value(0); // not name(), which follows the format of numbers
}

} // namespace isolab

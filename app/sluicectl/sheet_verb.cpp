#include "release/state.h"
#include "report/sheet.h"
#include "sluicectl/session_file.h"
#include "sluicectl/verbs.h"

#include <QSaveFile>
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <set>

namespace sluicectl {
namespace {

using namespace sluice;

int sheet(const std::string& file, const std::string& output) {
    const auto session = read_session(file);
    if (!session) {
        return complain(session.error());
    }
    release::Release release;
    for (const auto& event : session->events) {
        release::apply(release, event);
    }
    if (!release.plan) {
        return complain({ErrorCode::corrupt, "the session holds no plan that loads", file, {}});
    }
    // Whole: its commands are typed wherever somebody stands.
    const report::SheetPlace place{std::filesystem::absolute(file).string(), release.copy.place,
                                   session->records.empty() ? "" : hex(session->records.back().root)};
    std::string ending = std::filesystem::path(output).extension().string();
    std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return std::tolower(c); });
    const bool html = ending == ".html" || ending == ".htm";
    const std::set<std::string> others{".pdf", ".md",  ".doc",  ".docx", ".odt",
                                       ".rtf", ".png", ".json", ".yaml", ".csv"};
    if (others.contains(ending)) {
        return complain(
            {ErrorCode::bad_input, "a sheet is text or HTML", "-o " + output, "a name that ends with .txt or .html"});
    }
    const std::string text = html ? report::sheet_html(release, place) : report::sheet_text(release, place);
    if (output.empty()) {
        fmt::print("{}", text);
        return done;
    }
    QSaveFile save(QString::fromStdString(output));
    if (!save.open(QIODevice::WriteOnly) || save.write(text.data(), static_cast<qint64>(text.size())) < 0 ||
        !save.commit()) {
        return complain({ErrorCode::io, save.errorString().toStdString(), output, "choose another place"});
    }
    return done;
}

} // namespace

void add_sheet_verb(CLI::App& app, Action& action) {
    struct Options {
        std::string file, output;
    };
    const auto o = std::make_shared<Options>();
    auto* verb = app.add_subcommand("sheet", "Print the exact commands of every way back, as of now");
    verb->footer(
        "A run keeps this sheet beside its session (SESSION.sheet.txt and .html) and refreshes it at every step.");
    verb->add_option("SESSION", o->file, "Its file, also while it runs")->required();
    verb->add_option("-o,--output", o->output, "A file, .html or .txt; default: the terminal");
    verb->callback([&action, o] { action = [o] { return sheet(o->file, o->output); }; });
}

} // namespace sluicectl

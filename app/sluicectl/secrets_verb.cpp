#include "host/keychain.h"
#include "host/secret_places.h"
#include "host/user.h"
#include "net/live_scheduler.h"
#include "net/qt_http_client.h"
#include "plan/loader.h"
#include "plan/secret_reference.h"
#include "plan/variables.h"
#include "sluicectl/verbs.h"

#include <QCoreApplication>
#include <QEventLoop>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <iostream>
#include <termios.h>
#include <unistd.h>

namespace sluicectl {
namespace {

termios shown_again{}; ///< for who ends the program at its prompt

/// While it lives, what is typed is not shown; nor is the terminal left so when it is ended by a signal.
class Silence {
public:
    Silence() : typed_(::isatty(STDIN_FILENO) == 1 && ::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (typed_) {
            termios silent = before_;
            silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            shown_again = before_;
            for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
                std::signal(signal, [](int which) { // only what a handler may call
                    ::tcsetattr(STDIN_FILENO, TCSANOW, &shown_again);
                    std::signal(which, SIG_DFL);
                    std::raise(which);
                });
            }
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
        }
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;
    ~Silence() {
        if (typed_) {
            ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
            for (const int signal : {SIGINT, SIGTERM, SIGQUIT, SIGHUP}) {
                std::signal(signal, SIG_DFL);
            }
            fmt::print(stderr, "\n");
        }
    }
    bool typed() const { return typed_; }

private:
    termios before_{};
    bool typed_;
};

int store(const std::string& text) {
    const auto reference = sluice::parse_secret_reference(text);
    if (!reference) {
        return complain(reference.error());
    }
    if (reference->kind != sluice::SecretReference::Kind::keychain) {
        return complain({sluice::ErrorCode::bad_input, "only a keychain is written to", text,
                         "keychain:SERVICE/ACCOUNT; env:, file: and vault: are filled by their own tools"});
    }
    std::string typed;
    {
        const Silence silence;
        if (silence.typed()) {
            fmt::print(stderr, "The secret for {}: ", text);
        }
        std::getline(std::cin, typed);
    }
    if (typed.size() < sluice::RedactionSet::shortest) {
        sluice::wipe(typed);
        return complain({sluice::ErrorCode::bad_input, "the secret is shorter than 4 bytes", text,
                         "give it on one line of the standard input"});
    }
    sluice::Secret secret(typed);
    sluice::wipe(typed);
    QEventLoop loop;
    sluice::Result<void> stored;
    sluice::host::keychain::store(*reference, std::move(secret), [&](sluice::Result<void> result) {
        stored = std::move(result);
        loop.quit();
    });
    loop.exec();
    if (!stored) {
        return complain(stored.error());
    }
    fmt::print("stored: {}\n", text);
    return done;
}

int list(const std::string& file, const std::vector<std::string>& set) {
    const auto given = sluice::host::settings(set);
    if (!given) {
        return complain(given.error());
    }
    const auto loaded = sluice::plan::load_file(file);
    for (const auto& diagnostic : loaded.diagnostics) {
        fmt::print(stderr, "{}\n", sluice::plan::to_text(diagnostic, file));
    }
    if (!loaded.plan) {
        return bad_input;
    }
    const auto frozen = sluice::plan::freeze(*loaded.plan, *given, {});
    bool wrong = false;
    for (const auto& error : frozen.errors) {
        const auto& all = loaded.plan->variables;
        const auto variable =
            std::find_if(all.begin(), all.end(), [&](const auto& v) { return v.name == error.where; });
        const bool secret = variable != all.end() && variable->type == sluice::plan::VariableType::secret;
        // A value that is missing, and is no secret, has nothing to do with what is asked here.
        if (secret || given->contains(error.where)) {
            fmt::print("✕ variable {}\n", sluice::to_text(error));
            wrong = true;
        }
    }
    const auto needed = sluice::plan::secrets_needed(*loaded.plan, frozen.values);
    sluice::net::LiveScheduler scheduler;
    sluice::net::QtHttpClient http(scheduler);
    const auto sources = sluice::machine_secrets(std::filesystem::current_path().string());
    std::unique_ptr<sluice::host::Vault> vault;
    sluice::host::Secrets secrets(sources);
    sluice::host::add_places(secrets, sources, http, vault);
    std::vector<std::string> warned;
    int code = wrong ? bad_input : done;
    for (const auto& [use, result] : secrets.try_all(needed, &warned)) {
        if (result) {
            fmt::print("✓ {} ({})\n", use.reference, use.where);
        } else {
            fmt::print("✕ {}\n", sluice::to_text(result.error()));
            code = unreachable;
        }
    }
    for (const auto& warning : warned) {
        fmt::print("△ {}\n", warning);
    }
    if (needed.empty() && !wrong) {
        fmt::print("the plan needs no secrets\n");
    }
    return code;
}

} // namespace

void add_secrets_verb(CLI::App& app, Action& action) {
    auto* verb =
        app.add_subcommand("secrets", "Tell which secrets a plan needs and whether each can be read; or store one");
    auto plan = std::make_shared<std::string>();
    auto reference = std::make_shared<std::string>();
    auto set = std::make_shared<std::vector<std::string>>();
    auto* file = verb->add_option("PLAN", *plan, "File of the plan");
    verb->add_option("--set", *set, "NAME=VALUE: a variable, for those that hold references")->allow_extra_args(false);
    auto* to =
        verb->add_option("--store", *reference, "keychain:SERVICE/ACCOUNT: stores a line of the standard input there");
    file->excludes(to);
    verb->callback([&action, plan, reference, set] {
        action = [plan, reference, set] {
            int count = 1;
            char name[] = "sluicectl";
            char* arguments[] = {name, nullptr};
            const QCoreApplication program(count, arguments);
            if (!reference->empty()) {
                return store(*reference);
            }
            return plan->empty() ? complain({sluice::ErrorCode::bad_input, "no plan is named", {}, "see --help"})
                                 : list(*plan, *set);
        };
    });
}

} // namespace sluicectl

#include "effects/run_effect.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace sluice::effects {
namespace {

/// For people: quoted where a shell would need it, so that it can be copied.
std::string command_line(const std::vector<std::string>& argv) {
    std::string line;
    for (const auto& word : argv) {
        const bool plain =
            !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                    "0123456789-_=./:,@%+") == std::string::npos;
        std::string quoted = word;
        if (!plain) {
            quoted = "'";
            for (const char c : word) {
                quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
            }
            quoted += "'";
        }
        line += (line.empty() ? "" : " ") + quoted;
    }
    return line;
}

class RunEffect : public Effect {
public:
    RunEffect(net::ProcessRunner& processes, Scheduler& scheduler, RunSpec spec)
        : processes_(processes), scheduler_(scheduler), spec_(std::move(spec)), redactor_(spec_.secrets) {}

    EffectClass effect_class() const override { return EffectClass::opaque; }

    void prepare(std::string key, std::function<void(Result<Prepared>)> done) override {
        Prepared prepared;
        prepared.kind = "run";
        prepared.effect_class = EffectClass::opaque;
        std::vector<std::string> shown;
        for (const auto& word : spec_.process.argv) {
            shown.push_back(redact(word, spec_.secrets));
        }
        prepared.what = command_line(shown);
        std::vector<std::string> names;
        for (const auto& [name, value] : spec_.process.environment) {
            names.push_back(name);
        }
        for (const auto& [name, value] : spec_.process.secrets) {
            names.push_back(name);
        }
        std::sort(names.begin(), names.end());
        prepared.detail = {{"operation", key}, {"argv", shown}, {"environment", names}};
        scheduler_.after({}, alive([prepared, done = std::move(done)] { done(prepared); }));
    }

    void start(const Prepared& prepared, EffectSink sink) override {
        const auto operation = prepared.detail.at("operation").get<std::string>();
        spec_.process.directory = record_directory(spec_.records, operation);
        spec_.process.key = operation;
        process_ = processes_.start(spec_.process, listen(std::move(sink)));
    }

    void cancel() override { processes_.cancel(process_); }

    TakenUp take_up(const Prepared& prepared, EffectSink sink) override {
        const auto operation = prepared.detail.at("operation").get<std::string>();
        const auto adopted =
            processes_.adopt(record_directory(spec_.records, operation), operation, listen(std::move(sink)));
        if (!adopted) {
            return TakenUp::lost;
        }
        process_ = adopted->process;
        switch (adopted->state) {
        case net::Adoption::running:
        case net::Adoption::finished:
            return TakenUp::attached;
        case net::Adoption::never_ran:
            return TakenUp::never_began;
        case net::Adoption::gone:
            break;
        }
        return TakenUp::lost;
    }

    void read_back(const Prepared&, std::function<void(ReadBack)> done) override {
        ReadBack back;
        back.detail = "the plan has no 'verify' for this command";
        scheduler_.after({}, alive([back, done = std::move(done)] { done(back); }));
    }

private:
    std::function<void()> alive(std::function<void()> callback) {
        return [life = std::weak_ptr(life_), callback = std::move(callback)] {
            if (!life.expired()) {
                callback();
            }
        };
    }

    net::ProcessSink listen(EffectSink sink) {
        const auto shared = std::make_shared<EffectSink>(std::move(sink));
        const std::weak_ptr<int> life = life_;
        net::ProcessSink listener;
        listener.output = [this, life, shared](std::string_view bytes) {
            if (!life.expired()) {
                say(*shared, redactor_.feed(bytes));
            }
        };
        listener.omitted = [this, life, shared](std::uint64_t bytes) {
            if (!life.expired()) {
                say(*shared, redactor_.finish() + fmt::format("\n[… {} bytes left out …]\n", bytes));
            }
        };
        listener.at_work = [life, shared](std::int64_t pid, const std::string& boot) {
            if (!life.expired() && shared->at_work) {
                shared->at_work({{"pid", pid}, {"boot", boot}});
            }
        };
        listener.finished = [this, life, shared](Result<net::ProcessEnd> end) {
            if (!life.expired()) {
                say(*shared, redactor_.finish());
                shared->settled(outcome(std::move(end)));
            }
        };
        return listener;
    }

    static void say(const EffectSink& sink, const std::string& bytes) {
        if (!bytes.empty() && sink.output) {
            sink.output(bytes);
        }
    }

    Outcome outcome(Result<net::ProcessEnd> end) const {
        if (!end) {
            return {end.error().code == ErrorCode::corrupt ? Ending::unknown : Ending::failed, nullptr, end.error()};
        }
        Json result = Json::object();
        if (end->exit_code) {
            result["exit"] = *end->exit_code;
        }
        if (end->signal) {
            result["signal"] = *end->signal;
        }
        if (end->timed_out) {
            return {Ending::failed,
                    result,
                    {ErrorCode::timed_out,
                     fmt::format("it ran longer than {:.0f} s and was ended with all its processes",
                                 spec_.process.timeout.seconds()),
                     {},
                     "give it a longer 'timeout', or find out why it hangs"}};
        }
        if (!end->exit_code) {
            return {Ending::failed,
                    result,
                    {ErrorCode::io,
                     fmt::format("{}it was ended by signal {}", end->cancelled ? "asked to end, " : "",
                                 end->signal.value_or(0)),
                     {},
                     {}}};
        }
        return {Ending::done, result, {}};
    }

    net::ProcessRunner& processes_;
    Scheduler& scheduler_;
    RunSpec spec_;
    Redactor redactor_;
    net::ProcessId process_ = net::ProcessId::none;
    std::shared_ptr<int> life_ = std::make_shared<int>(0);
};

} // namespace

std::unique_ptr<Effect> run_effect(net::ProcessRunner& processes, Scheduler& scheduler, RunSpec spec) {
    return std::make_unique<RunEffect>(processes, scheduler, std::move(spec));
}

std::string record_directory(const std::string& records, const std::string& operation) {
    std::string name = operation;
    std::replace(name.begin(), name.end(), '/', '.');
    return records + "/" + name;
}

} // namespace sluice::effects

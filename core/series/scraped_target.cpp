#include "series/scraped_target.h"

#include <utility>

namespace sluice::series {

/// Notes what an answer holds; nothing is written before all of it has been read.
class ScrapedTarget::Sink : public ExpositionSink {
public:
    Sink(ScrapedTarget& target, Nanos at) : target_(target), at_(at) { target_.taken_.clear(); }

    void sample(const SampleLine& line) override {
        const ScrapeRules& rules = target_.rules_;
        if (line.at && ((rules.most_behind && *line.at < at_ - *rules.most_behind) ||
                        (rules.most_ahead && *line.at > at_ + *rules.most_ahead))) {
            return;
        }
        const std::uint32_t index = find(line);
        Known& known = target_.known_[index];
        if (known.seen != target_.answer_) {
            known.seen = target_.answer_;
            ++seen;
        }
        if (known.kept && known.fresh != target_.answer_ && !target_.store_.holds(known.id)) {
            look_up(line, known, index);
        }
        if (known.kept) {
            target_.taken_.push_back({index, line.value, line.at});
        }
    }

    std::size_t seen = 0; ///< spellings of series
    std::vector<std::pair<std::uint32_t, Labels>> fresh;
    std::optional<Error> refused; ///< by the rules; the first

private:
    std::uint32_t find(const SampleLine& line) {
        auto& all = target_.known_;
        // Endpoints write their series in one order.
        if (expected_ < all.size() && all[expected_].written == line.written) {
            last_ = std::exchange(expected_, all[expected_].next);
            return *last_;
        }
        auto index = static_cast<std::uint32_t>(all.size());
        if (const auto found = target_.by_written_.find(line.written); found != target_.by_written_.end()) {
            index = found->second;
        } else {
            Known& made = all.emplace_back();
            made.written = line.written;
            made.kept = true; // until it is looked up
            target_.by_written_.emplace(made.written, index);
        }
        if (last_) {
            all[*last_].next = index;
        }
        last_ = index;
        expected_ = all[index].next;
        return index;
    }

    void look_up(const SampleLine& line, Known& known, std::uint32_t index) {
        known.fresh = target_.answer_;
        Labels labels = target_.labelled(line.to_labels());
        if (target_.rules_.keeps) {
            const auto keeps = target_.rules_.keeps(labels);
            if (!keeps) {
                refused = refused ? refused : keeps.error();
                return;
            }
            known.kept = *keeps;
        }
        if (!known.kept) {
            return;
        }
        known.id = target_.store_.id(labels);
        if (!target_.store_.holds(known.id)) {
            fresh.emplace_back(index, std::move(labels));
        }
    }

    ScrapedTarget& target_;
    Nanos at_;
    std::optional<std::uint32_t> last_;
    std::uint32_t expected_ = 0;
};

ScrapedTarget::ScrapedTarget(SeriesStore& store, Labels target_labels, ScrapeRules rules)
    : store_(store), target_labels_(std::move(target_labels)), rules_(std::move(rules)) {}

void ScrapedTarget::change_rules(ScrapeRules rules) {
    rules_ = std::move(rules);
    by_written_.clear();
    known_.clear();
}

Result<void> ScrapedTarget::take(std::string_view text, std::string_view source, const ExpositionBudget& budget,
                                 ExpositionFormat format, Nanos at) {
    ++answer_;
    Sink sink(*this, at);
    const auto read = read_exposition(text, source, budget, format, sink);
    Result<void> good = read && sink.refused ? tl::unexpected(*sink.refused) : read;
    if (good && rules_.admits) {
        good = rules_.admits(sink.fresh.size());
    }
    if (good) {
        for (auto& [index, labels] : sink.fresh) {
            known_[index].id = store_.add(std::move(labels));
        }
        for (const Taken& taken : taken_) {
            write(known_[taken.known].id, taken.at, at, taken.value);
        }
        end_the_others(at);
        note_up(at, 1);
    }
    forget_the_unseen(sink.seen);
    return good;
}

void ScrapedTarget::take(const Exposition& answer, Nanos at) {
    ++answer_;
    for (const auto& sample : answer.samples) {
        write(store_.add(labelled(sample.labels)), sample.at, at, sample.value);
    }
    end_the_others(at);
    note_up(at, 1);
}

void ScrapedTarget::failed(Nanos at) {
    ++answer_;
    end_the_others(at);
    note_up(at, 0);
}

Labels ScrapedTarget::labelled(Labels labels) const {
    for (const auto& [name, value] : target_labels_) {
        if (const std::string own(label(labels, name)); labels.contains(name)) {
            labels.emplace("exported_" + name, own);
        }
        labels[name] = value;
    }
    return labels;
}

void ScrapedTarget::write(SeriesId id, std::optional<Nanos> own_time, Nanos at, double value) {
    store_.append(id, own_time.value_or(at), value);
    if (own_time) {
        return; // no stale marker: it would race with the next sample
    }
    if (live_in_.size() <= id.place) {
        live_in_.resize(id.place + std::size_t{1} + id.place / 2);
    }
    if (std::exchange(live_in_[id.place], answer_) != answer_) {
        live_.push_back(id);
    }
}

void ScrapedTarget::end_the_others(Nanos at) {
    for (const SeriesId id : was_live_) {
        if (live_in_[id.place] != answer_) {
            store_.mark_stale(id, at);
        }
    }
    was_live_.swap(live_);
    live_.clear();
}

/// Endpoints whose series have other names with each answer would fill the memory.
void ScrapedTarget::forget_the_unseen(std::size_t seen) {
    if (known_.size() <= 2 * seen + 1000) {
        return;
    }
    std::deque<Known> kept;
    for (Known& known : known_) {
        if (known.seen == answer_) {
            kept.push_back(std::move(known));
            kept.back().next = static_cast<std::uint32_t>(kept.size()); // as in this answer, nearly
        }
    }
    known_ = std::move(kept);
    by_written_.clear();
    for (std::uint32_t i = 0; i < known_.size(); ++i) {
        by_written_.emplace(known_[i].written, i);
    }
}

void ScrapedTarget::note_up(Nanos at, double value) {
    if (!store_.holds(up_)) {
        Labels labels = target_labels_;
        labels[metric_name] = "up";
        up_ = store_.add(std::move(labels));
    }
    store_.append(up_, at, value);
}

} // namespace sluice::series

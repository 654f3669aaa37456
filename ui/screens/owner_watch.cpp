#include "screens/owner_watch.h"

namespace sluice::screens {

OwnerWatch::OwnerWatch(std::function<bool()> owner_listens, QObject* parent)
    : QObject(parent), owner_listens_(std::move(owner_listens)), quiet_(this) {
    quiet_.setInterval(10'000);
    quiet_.callOnTimeout(this, [this] {
        asked_.ask(owner_listens_, [this](bool listens) {
            if (!listens && quiet_.isActive()) {
                emit gone();
            }
        });
    });
    quiet_.start();
}

void OwnerWatch::heard() {
    asked_.forget();
    quiet_.start();
}

void OwnerWatch::rest() {
    asked_.forget();
    quiet_.stop();
}

void OwnerWatch::set_patience(int ms) {
    quiet_.setInterval(ms);
}

} // namespace sluice::screens

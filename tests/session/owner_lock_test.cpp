#include "session/owner_lock.h"

#include "session/session_fixture.h"
#include "support/suite.h"

#include <QtTest>
#include <atomic>
#include <fstream>
#include <thread>

using namespace sluice;
using namespace sluice::session;
using namespace sluice::session::testing;

class OwnerLockTest : public QObject {
    Q_OBJECT

    static void leave(const std::filesystem::path& session, const char* text) {
        std::ofstream(OwnerLock::path_for(session)) << text;
    }

private slots:
    void who_was_killed_leaves_its_lock_behind() {
        const Folder folder;
        const auto session = folder / "a.sluice";
        QVERIFY(!OwnerLock::left_behind(session)); // left in order, or a copy of one that goes on elsewhere
        leave(session, "");
        QVERIFY(!OwnerLock::left_behind(session)); // somebody is about to take it
        leave(session, "pid 4711\nboot b\n");
        QVERIFY(OwnerLock::left_behind(session));
        {
            const auto held = OwnerLock::take(session);
            QVERIFY(held.has_value());
            QVERIFY(!OwnerLock::left_behind(session));
            QVERIFY(!OwnerLock::take(session));
        }
        QVERIFY(!OwnerLock::left_behind(session));
    }

    void the_lock_of_a_copy_says_who_works_on_what() {
        const Folder folder;
        const auto copy = folder / "copy.sluice";
        auto held = std::optional(must(OwnerLock::take(copy, "/srv/lena/a.sluice on desk")));
        const auto second = OwnerLock::take(copy);
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::refused);
        QCOMPARE(second.error().what, fmt::format("the session is owned by pid {}, as /srv/lena/a.sluice on desk",
                                                  static_cast<int>(::getpid())));
        QVERIFY(second.error().remedy.starts_with("this is a copy of it"));
        QCOMPARE(must(OwnerLock::holder(copy))->remark, std::string("/srv/lena/a.sluice on desk"));
        held.reset();
        QVERIFY(OwnerLock::take(copy).has_value());
        leave(copy, "pid 4711\nboot b\n/srv/lena/a.sluice on desk\n"); // killed, or only cut off from the place
        QVERIFY(!OwnerLock::left_behind(copy));
    }

    void a_lock_whose_name_has_gone_is_noticed_and_takes_no_other_away() {
        const Folder folder;
        const auto copy = folder / "copy.sluice";
        auto first = std::optional(must(OwnerLock::take(copy)));
        QVERIFY(first->stands());
        std::filesystem::remove(OwnerLock::path_for(copy));
        QVERIFY(!first->stands());
        const OwnerLock second = must(OwnerLock::take(copy));
        first.reset();
        QVERIFY(second.stands());
    }

    void whoever_only_looks_keeps_nobody_from_taking_it() {
        const Folder folder;
        const auto session = folder / "a.sluice";
        std::atomic<bool> over = false;
        std::thread looks([&] {
            while (!over) {
                (void)OwnerLock::left_behind(session);
                (void)OwnerLock::holder(session);
            }
        });
        int refused = 0;
        for (int i = 0; i < 500; ++i) {
            leave(session, "pid 4711\nboot b\n");
            refused += OwnerLock::take(session) ? 0 : 1;
        }
        over = true;
        looks.join();
        QCOMPARE(refused, 0);
    }
};

SLUICE_TEST(OwnerLockTest)
#include "owner_lock_test.moc"

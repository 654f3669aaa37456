#include "net/local_socket.h"

#include "net/frame.h"
#include "support/suite.h"

#include <QTemporaryDir>
#include <QtTest>
#include <filesystem>
#include <fstream>
#include <future>
#include <sys/stat.h>
#include <unistd.h>

using namespace sluice;
using namespace sluice::net;

/// Clients block, so they run in a thread while the test's loop serves.
class LocalSocketTest : public QObject {
    Q_OBJECT
    std::unique_ptr<QTemporaryDir> folder_;
    std::string path_;

    static void echo(const Json& request, const CommandServer::Reply& reply) { reply({{"echo", request}}); }

    template <typename Work>
    static auto serve_while(Work work) {
        auto result = std::async(std::launch::async, std::move(work));
        while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
            QCoreApplication::processEvents(QEventLoop::AllEvents, 10);
        }
        return result.get();
    }

    int raw() const {
        const auto address = socket_address(path_);
        const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        return ::connect(socket, reinterpret_cast<const sockaddr*>(&*address), sizeof *address) == 0 ? socket : -1;
    }

    /// Sends bytes as they are and reads until the server closes.
    std::string exchange(const std::string& bytes) const {
        const int socket = raw();
        if (::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL) < 0) {
            return "not sent";
        }
        std::string all;
        char buffer[4096];
        for (ssize_t n = 0; (n = ::recv(socket, buffer, sizeof buffer, 0)) > 0;) {
            all.append(buffer, static_cast<std::size_t>(n));
        }
        ::close(socket);
        return all;
    }

private slots:
    void init() {
        folder_ = std::make_unique<QTemporaryDir>();
        path_ = folder_->filePath("session.sock").toStdString();
    }

    void a_request_gets_its_reply() {
        const auto server = CommandServer::listen(path_, echo);
        QVERIFY(server);
        struct stat status {};
        QCOMPARE(::stat(path_.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0600U);
        const auto replies = serve_while([this] {
            auto client = CommandClient::connect(path_);
            std::vector<Result<Json>> all;
            for (int i = 0; i < 3; ++i) {
                all.push_back(client->request({{"command", "confirm"}, {"n", i}}));
            }
            all.push_back(client->request(std::string(1'000'000, 'x')));
            return all;
        });
        for (int i = 0; i < 3; ++i) {
            QCOMPARE(replies[static_cast<std::size_t>(i)]->at("echo").at("n").get<int>(), i);
        }
        QCOMPARE(replies[3]->at("echo").get<std::string>().size(), std::size_t{1'000'000});
    }

    void a_reply_may_come_later_and_requests_wait_their_turn() {
        std::vector<std::pair<int, CommandServer::Reply>> asked;
        const auto server = CommandServer::listen(path_, [&](const Json& request, CommandServer::Reply reply) {
            asked.emplace_back(request.get<int>(), reply);
        });
        QVERIFY(server);
        const int socket = raw();
        const std::string both = framed("1") + framed("2");
        QCOMPARE(::send(socket, both.data(), both.size(), 0), static_cast<ssize_t>(both.size()));
        QTRY_COMPARE(asked.size(), std::size_t{1});
        const int other = raw(); // waits for nobody: behind it all has been read that had come
        const std::string third = framed("3");
        QCOMPARE(::send(other, third.data(), third.size(), 0), static_cast<ssize_t>(third.size()));
        QTRY_COMPARE(asked.size(), std::size_t{2});
        QCOMPARE(asked[1].first, 3);
        asked[0].second("one");
        QTRY_COMPARE(asked.size(), std::size_t{3});
        QCOMPARE(asked[2].first, 2);
        ::close(socket);
        ::close(other);
        asked[2].second("nobody listens any more");
    }

    void what_is_no_request_is_refused_with_a_reason_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("why");
        QTest::newRow("too long") << QByteArray("\x00\x10\x00\x01", 4) << "1 byte to 1 MiB";
        QTest::newRow("far too long") << QByteArray("\xff\xff\xff\xff{}", 6) << "1 byte to 1 MiB";
        QTest::newRow("empty") << QByteArray("\0\0\0\0", 4) << "1 byte to 1 MiB";
        QTest::newRow("not JSON") << QByteArray::fromStdString(framed("{\"a\":")) << "not JSON";
        QTest::newRow("two keys of one name")
            << QByteArray::fromStdString(framed("{\"a\":1,\"a\":2}")) << "stands twice";
        QTest::newRow("HTTP") << QByteArray("GET / HTTP/1.1\r\n\r\n") << "1 byte to 1 MiB";
    }
    void what_is_no_request_is_refused_with_a_reason() {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, why);
        int handled = 0;
        const auto server = CommandServer::listen(path_, [&](const Json&, const CommandServer::Reply&) { ++handled; });
        QVERIFY(server);
        const std::string all = serve_while([&] { return exchange(bytes.toStdString()); });
        QVERIFY(all.size() > frame_head);
        const Json reply = Json::parse(all.substr(frame_head));
        QCOMPARE(reply.at("error").at("code").get<std::string>(), std::string("bad-input"));
        const auto what = QString::fromStdString(reply.at("error").at("what").get<std::string>());
        QVERIFY2(what.contains(why), qPrintable(what));
        QCOMPARE(handled, 0);
    }

    void a_request_cut_into_bytes_is_whole() {
        const auto server = CommandServer::listen(path_, echo);
        QVERIFY(server);
        const std::string reply = serve_while([&] {
            const int socket = raw();
            for (const char c : framed("[1,2,3]")) {
                ::send(socket, &c, 1, MSG_NOSIGNAL);
            }
            char buffer[64] = {};
            const auto n = ::recv(socket, buffer, sizeof buffer, 0);
            ::close(socket);
            return std::string(buffer, static_cast<std::size_t>(n));
        });
        QCOMPARE(reply.substr(frame_head), std::string("{\"echo\":[1,2,3]}"));
    }

    void a_socket_that_a_killed_program_left_is_replaced() {
        const auto address = socket_address(path_);
        const int dead = ::socket(AF_UNIX, SOCK_STREAM, 0);
        QCOMPARE(::bind(dead, reinterpret_cast<const sockaddr*>(&*address), sizeof *address), 0);
        ::close(dead);
        QCOMPARE(CommandClient::connect(path_).error().code, ErrorCode::unreachable);
        const auto server = CommandServer::listen(path_, echo);
        QVERIFY2(server, server ? "" : to_text(server.error()).c_str());
        QVERIFY(serve_while([this] { return CommandClient::connect(path_)->request(1); }));
    }

    void a_second_server_on_a_live_socket_is_refused() {
        const auto first = CommandServer::listen(path_, echo);
        QVERIFY(first);
        const auto second = CommandServer::listen(path_, echo);
        QVERIFY(!second);
        QCOMPARE(second.error().code, ErrorCode::refused);
        std::filesystem::remove(path_ + ".lock"); // even without the lock
        QCOMPARE(CommandServer::listen(path_, echo).error().code, ErrorCode::refused);
        QVERIFY(serve_while([this] { return CommandClient::connect(path_)->request(1); }));
    }

    void what_is_not_a_socket_is_left_alone() {
        std::ofstream(path_) << "mine";
        QCOMPARE(CommandServer::listen(path_, echo).error().code, ErrorCode::refused);
        QCOMPARE(std::filesystem::file_size(path_), std::uintmax_t{4});
    }

    void a_path_too_long_for_a_socket_is_refused() {
        const std::string path = folder_->filePath(QString(120, 'x')).toStdString();
        QCOMPARE(CommandServer::listen(path, echo).error().code, ErrorCode::bad_input);
        QCOMPARE(CommandClient::connect(path).error().code, ErrorCode::bad_input);
    }

    void the_socket_goes_with_its_server() {
        { QVERIFY(CommandServer::listen(path_, echo)); }
        QVERIFY(!std::filesystem::exists(path_));
        QCOMPARE(CommandClient::connect(path_).error().code, ErrorCode::not_found);
    }

    void a_session_that_hangs_times_out() {
        const auto server = CommandServer::listen(path_, [](const Json&, const CommandServer::Reply&) {});
        QVERIFY(server);
        const auto reply =
            serve_while([this] { return CommandClient::connect(path_)->request("x", milliseconds(50)); });
        QCOMPARE(reply.error().code, ErrorCode::timed_out);
    }
};

SLUICE_TEST(LocalSocketTest)
#include "local_socket_test.moc"

#include "kafka/client_file.h"

#include "kafka/jaas.h"
#include "kafka/java_properties.h"
#include "support/suite.h"

#include <QtTest>

using namespace sluice;
using namespace sluice::kafka;

namespace {

QString shown(const std::vector<Property>& properties) {
    QStringList parts;
    for (const auto& one : properties) {
        parts << QString("%1=[%2]@%3")
                     .arg(QString::fromStdString(one.key), QString::fromStdString(one.value))
                     .arg(one.line);
    }
    return parts.join(' ');
}

constexpr const char* scram = "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=SCRAM-SHA-512\n";

} // namespace

class ClientFileTest : public QObject {
    Q_OBJECT
private slots:
    /// What java.util.Properties.load of Java 17 gives.
    void properties_are_read_as_java_reads_them_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("wanted");
        QTest::newRow("nothing") << QByteArray() << QString();
        QTest::newRow("no line feed at the end") << QByteArray("a=b") << QString("a=[b]@1");
        QTest::newRow("three separators") << QByteArray("a=1\nb:2\nc 3\n") << QString("a=[1]@1 b=[2]@2 c=[3]@3");
        QTest::newRow("blanks around") << QByteArray(" \t a \t = \f 1 \n") << QString("a=[1]@1");
        QTest::newRow("one separator only") << QByteArray("a==b\nc : = d") << QString("a=[=b]@1 c=[= d]@2");
        QTest::newRow("no value") << QByteArray("a\nb=\n") << QString("a=[]@1 b=[]@2");
        QTest::newRow("comments") << QByteArray("#x\n  !y\n\na=1#z\n") << QString("a=[1#z]@4");
        QTest::newRow("line ends") << QByteArray("a=1\r\nb=2\rc=3\n") << QString("a=[1]@1 b=[2]@2 c=[3]@3");
        QTest::newRow("continued") << QByteArray("a=1,\\\n   2,\\\r\n\t3\nb=4") << QString("a=[1,2,3]@1 b=[4]@4");
        QTest::newRow("continued in the key") << QByteArray("a\\\n  b=1") << QString("ab=[1]@1");
        QTest::newRow("not continued") << QByteArray("a=1\\\\\nb=2") << QString("a=[1\\]@1 b=[2]@2");
        QTest::newRow("three backslashes") << QByteArray("a=1\\\\\\\n2") << QString("a=[1\\2]@1");
        QTest::newRow("continued by a comment") << QByteArray("a=1\\\n#2") << QString("a=[1#2]@1");
        QTest::newRow("continued by nothing") << QByteArray("a=1\\\n\nb=2") << QString("a=[1]@1 b=[2]@3");
        QTest::newRow("continued by the end") << QByteArray("a=1\\") << QString("a=[1]@1");
        QTest::newRow("a comment is not continued") << QByteArray("# x \\\na=1") << QString("a=[1]@2");
        QTest::newRow("escapes") << QByteArray("a=x\\ty\\nz\\q\\=\\:\\#") << QString("a=[x\ty\nzq=:#]@1");
        QTest::newRow("escapes in the key") << QByteArray("a\\ b\\=c\\:d=1") << QString("a b=c:d=[1]@1");
        QTest::newRow("unicode") << QByteArray("a=\\u00e9\\u20AC") << QString::fromUtf8("a=[é€]@1");
        QTest::newRow("two units") << QByteArray("a=\\ud83d\\ude00") << QString::fromUtf8("a=[😀]@1");
        QTest::newRow("twice") << QByteArray("a=1\na=2") << QString("a=[1]@1 a=[2]@2");
    }
    void properties_are_read_as_java_reads_them() {
        QFETCH(QByteArray, text);
        QFETCH(QString, wanted);
        const auto read = parse_properties(text.toStdString(), "f");
        QVERIFY2(read, read ? "" : to_text(read.error()).c_str());
        QCOMPARE(shown(*read), wanted);
    }

    void broken_properties_are_told_with_their_line_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("told");
        QTest::newRow("three digits") << QByteArray("a=1\nb=\\u12g4 hunter2") << QString("f:2: \\u wants four");
        QTest::newRow("cut digits") << QByteArray("b=\\u12") << QString("f:1: \\u wants four");
        QTest::newRow("half") << QByteArray("b=\\ud83d hunter2") << QString("f:1: \\u names half");
        QTest::newRow("other half") << QByteArray("b=\\ude00") << QString("f:1: \\u names half");
        QTest::newRow("zero") << QByteArray("b=hunter2\\u0000") << QString("f:1: a zero byte");
        QTest::newRow("zero as it is") << QByteArray("b=\0x", 4) << QString("f:1: a zero byte");
        QTest::newRow("no key") << QByteArray("\n\n=hunter2") << QString("f:3: a line without a key");
        QTest::newRow("latin") << QByteArray("p=hunter2\xe9") << QString("f:1: it has a character that is not ASCII");
        QTest::newRow("large") << QByteArray((1 << 20) + 1, 'x') << QString("f: it is larger than 1 MiB");
    }
    void broken_properties_are_told_with_their_line() {
        QFETCH(QByteArray, text);
        QFETCH(QString, told);
        const auto read = parse_properties(text.toStdString(), "f");
        QVERIFY(!read);
        QVERIFY2(QString::fromStdString(to_text(read.error())).startsWith(told), to_text(read.error()).c_str());
        QVERIFY(to_text(read.error()).find("hunter2") == std::string::npos);
        QVERIFY(read.error().code == ErrorCode::bad_input);
        QVERIFY(!read.error().remedy.empty());
    }

    void a_comment_may_have_any_character() {
        QCOMPARE(shown(*parse_properties("# caf\xc3\xa9\na=1", "f")), QString("a=[1]@2"));
    }

    void jaas_gives_user_and_password_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wanted"); // "user|password", or what is told
        const QString module = "org.apache.kafka.common.security.scram.ScramLoginModule required ";
        QTest::newRow("scram") << module + "username=\"u\" password=\"p\";"
                               << "u|p";
        QTest::newRow("plain") << "org.apache.kafka.common.security.plain.PlainLoginModule required password='p' "
                                  "username='u' ;"
                               << "u|p";
        QTest::newRow("another package") << "org.apache.flink.kafka.shaded.org.apache.kafka.common.security.plain."
                                            "PlainLoginModule optional username=u password=12;"
                                         << "u|12";
        QTest::newRow("lines and comments") << module + "// x\n /* y; */ username = \"u\"\n\tpassword=\"p\"; // z"
                                            << "u|p";
        QTest::newRow("quotes") << module + "username=\"a\\\"b\" password=\"it's; \\\\ \\101\\t=\";"
                                << "a\"b|it's; \\ A\t=";
        QTest::newRow("more options") << module + "username=\"u\" password=\"p\" serviceName=\"x\";"
                                      << "u|p";
        QTest::newRow("no end") << module + "username=\"u\" password=\"hunter2\""
                                << "a semicolon is expected";
        QTest::newRow("open quotes") << module + "username=\"u\" password=\"hunter2;"
                                     << "quotes or a comment don't end";
        QTest::newRow("open comment") << module + "/* username=\"u\" password=\"hunter2\";"
                                      << "quotes or a comment don't end";
        QTest::newRow("no value") << module + "username= ;"
                                  << "options are NAME";
        QTest::newRow("no equals") << module + "username \"u\";"
                                   << "options are NAME";
        QTest::newRow("no user") << module + "password=\"hunter2\";"
                                 << "username and password";
        QTest::newRow("no password") << module + "username=\"u\";"
                                     << "username and password";
        QTest::newRow("no flag") << "ScramLoginModule username=\"u\" password=\"hunter2\";"
                                 << "'required' is expected";
        QTest::newRow("two") << module + "username=\"u\" password=\"hunter2\"; " + module + ";"
                             << "more than one login module";
        QTest::newRow("token") << module + "username=\"u\" password=\"hunter2\" tokenauth=\"true\";"
                               << "tokens of delegation";
        QTest::newRow("kerberos") << "com.sun.security.auth.module.Krb5LoginModule required;"
                                  << "Kerberos";
        QTest::newRow("iam") << "software.amazon.msk.auth.iam.IAMLoginModule required;"
                             << "this login module is a Java class";
        QTest::newRow("nothing") << ""
                                 << "a login module";
        QTest::newRow("a quote") << "\"hunter2\""
                                 << "a login module";
    }
    void jaas_gives_user_and_password() {
        QFETCH(QString, text);
        QFETCH(QString, wanted);
        const auto login = parse_jaas(text.toStdString(), "f:1");
        const QString got = login ? QString::fromStdString(login->username + "|" + login->password.reveal())
                                  : QString::fromStdString(login.error().what);
        QVERIFY2(login ? got == wanted : got.startsWith(wanted), qPrintable(got));
        if (!login) {
            QCOMPARE(login.error().where, std::string("f:1"));
            QVERIFY(to_text(login.error()).find("hunter2") == std::string::npos);
            QVERIFY(!login.error().remedy.empty());
        }
    }

    void a_file_becomes_librdkafka_properties_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("wanted"); // beside the usual ones, sorted
        QTest::addColumn<QString>("warned");
        const QString login = QString(scram) +
                              "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule "
                              "required \\\n  username=\"u\" \\\n  password=\"hunter2\";\n";
        QTest::newRow("empty") << ""
                               << ""
                               << "";
        QTest::newRow("plain") << "bootstrap.servers = a:9092, b:9092"
                               << "bootstrap.servers=a:9092, b:9092"
                               << "";
        QTest::newRow("scram") << login
                               << "sasl.mechanisms=SCRAM-SHA-512 sasl.password=hunter2 sasl.username=u "
                                  "security.protocol=SASL_PLAINTEXT"
                               << "";
        QTest::newRow("of librdkafka")
            << "security.protocol=sasl_ssl\nsasl.mechanisms=PLAIN\nsasl.username=u\nsasl.password=p\n"
               "ssl.ca.location=/ca.pem\nsocket.timeout.ms=4000\nmetadata.broker.list=b:1"
            << "bootstrap.servers=b:1 sasl.mechanisms=PLAIN sasl.password=p sasl.username=u security.protocol=sasl_ssl "
               "socket.timeout.ms=4000 ssl.ca.location=/ca.pem"
            << "";
        QTest::newRow("pem files")
            << "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.location=/"
               "ca.pem\nssl.keystore.type=pem\n"
               "ssl.keystore.location=/key.pem\nssl.key.password=p\nssl.endpoint.identification.algorithm=\n"
            << "security.protocol=SSL ssl.ca.location=/ca.pem ssl.certificate.location=/key.pem "
               "ssl.endpoint.identification.algorithm=none ssl.key.location=/key.pem ssl.key.password=p"
            << "";
        QTest::newRow("pem inline")
            << "security.protocol=SSL\nssl.truststore.type=PEM\nssl.truststore.certificates=ca\n"
               "ssl.keystore.type=PEM\nssl.keystore.key=k\nssl.keystore.certificate.chain=c"
            << "security.protocol=SSL ssl.ca.pem=ca ssl.certificate.pem=c ssl.key.pem=k"
            << "";
        QTest::newRow("pkcs12") << "security.protocol=SSL\nssl.keystore.type=PKCS12\nssl.keystore.location=/k.p12\n"
                                   "ssl.keystore.password=hunter2"
                                << "security.protocol=SSL ssl.keystore.location=/k.p12 ssl.keystore.password=hunter2"
                                << "";
        QTest::newRow("of no matter") << "group.id=g\nkey.deserializer=x\nfetch.min.bytes=1\nacks=all\n"
                                         "isolation.level=read_uncommitted\nenable.auto.commit=true\nmax.poll.records=5"
                                      << ""
                                      << "";
        QTest::newRow("unknown") << "a=1\nbotstrap.servers=hunter2"
                                 << ""
                                 << "f:1: the key 'a' is not known here and left out|f:2: the key 'botstrap.servers' "
                                    "is not known here and left out";
        QTest::newRow("twice") << "client.id=a\nclient.id=b"
                               << "client.id=b"
                               << "f:1: 'client.id' is given again in line 2, which counts";
        QTest::newRow("unused login") << "sasl.username=u"
                                      << "sasl.username=u"
                                      << "f:1: 'sasl.username' is not used: security.protocol is PLAINTEXT";
        QTest::newRow("versions of TLS") << "security.protocol=SSL\nssl.enabled.protocols=TLSv1.3"
                                         << "security.protocol=SSL"
                                         << "f:2: 'ssl.enabled.protocols' is left out: the versions of TLS are "
                                            "OpenSSL's here";
        QTest::newRow("password of PEM") << "security.protocol=SSL\nssl.truststore.type=PEM\n"
                                            "ssl.truststore.location=/ca\nssl.truststore.password=hunter2"
                                         << "security.protocol=SSL ssl.ca.location=/ca"
                                         << "f:4: 'ssl.truststore.password' is left out: PEM has none";
    }
    void a_file_becomes_librdkafka_properties() {
        QFETCH(QString, text);
        QFETCH(QString, wanted);
        QFETCH(QString, warned);
        const auto read = read_client_file(text.toStdString(), "f");
        QVERIFY2(read, read ? "" : to_text(read.error()).c_str());
        QStringList properties;
        const auto usual = usual_properties();
        for (const auto& [name, value] : read->settings.properties) {
            const auto before = usual.find(name);
            if (before == usual.end() || before->second != value) {
                properties << QString::fromStdString(name + "=" + value);
            }
        }
        QCOMPARE(properties.join(' '), wanted);
        QStringList warnings;
        for (const auto& warning : read->warnings) {
            warnings << QString::fromStdString(warning);
        }
        QCOMPARE(warnings.join('|'), warned);
    }

    void what_can_not_be_honoured_is_refused_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("told");
        QTest::newRow("jks") << "security.protocol=SSL\nssl.truststore.location=/t.jks\nssl.truststore.password=hunter2"
                             << "f:2: only a trust store of PEM";
        QTest::newRow("trust of pkcs12") << "ssl.truststore.type=PKCS12\nssl.truststore.location=/t.p12"
                                         << "f:2: only a trust store of PEM";
        QTest::newRow("keys of jks") << "ssl.keystore.location=/t.jks"
                                     << "f:1: only a key store of PEM or PKCS12";
        QTest::newRow("half inline") << "ssl.keystore.type=PEM\nssl.keystore.key=hunter2"
                                     << "f:2: ssl.keystore.key and";
        QTest::newRow("kerberos") << "security.protocol=SASL_PLAINTEXT\nsasl.mechanism=GSSAPI"
                                  << "f:2: Kerberos";
        QTest::newRow("kerberos by default") << "security.protocol=SASL_SSL"
                                             << "f:1: sasl.mechanism is missing, and its default is Kerberos";
        QTest::newRow("no login") << scram << "f:1: username and password are missing";
        QTest::newRow("oauth") << "sasl.mechanism=OAUTHBEARER"
                               << "f:1: this mechanism of SASL";
        QTest::newRow("oauth keys") << "sasl.oauthbearer.token.endpoint.url=x"
                                    << "f:1: 'sasl.oauthbearer.token.endpoint.url' is not supported";
        QTest::newRow("a class") << "sasl.client.callback.handler.class=x"
                                 << "f:1: 'sasl.client.callback";
        QTest::newRow("providers") << "config.providers=file"
                                   << "f:1: 'config.providers'";
        QTest::newRow("a plugin") << "plugin.library.paths=/x.so"
                                  << "f:1: 'plugin.library.paths'";
        QTest::newRow("a typing error") << "sasl.jass.config=hunter2"
                                        << "f:1: the key 'sasl.jass.config' is not known";
        QTest::newRow("another") << "ssl.truststore.loction=x"
                                 << "f:1: the key 'ssl.truststore.loction' is not known";
        QTest::newRow("no number") << "\nsocket.timeout.ms=soon"
                                   << "f:2: 'socket.timeout.ms' has a value";
        QTest::newRow("no protocol") << "security.protocol=hunter2"
                                     << "f:1: 'security.protocol' has a value";
        QTest::newRow("bootstrap") << "bootstrap.servers=a:9092,b:x"
                                   << "f:1: a port is 1 to 65535";
        QTest::newRow("control characters") << "sasl.\\u001b[31m=1"
                                            << "f:1: the key 'sasl.\\x1b[31m' is not known";
    }
    void what_can_not_be_honoured_is_refused() {
        QFETCH(QString, text);
        QFETCH(QString, told);
        const auto read = read_client_file(text.toStdString(), "f");
        QVERIFY(!read);
        QVERIFY2(QString::fromStdString(to_text(read.error())).startsWith(told), to_text(read.error()).c_str());
        QVERIFY(read.error().code == ErrorCode::bad_input);
        QVERIFY(!read.error().remedy.empty());
        QVERIFY(to_text(read.error()).find("hunter2") == std::string::npos);
    }

    void brokers_are_named_by_host_and_port_data() {
        QTest::addColumn<QString>("servers");
        QTest::addColumn<bool>("good");
        for (const char* good : {"b", "b:9092", "b:1,c:65535", "b:1, c:2", "[::1]:9092", "[::1]", "PLAINTEXT://b:1"}) {
            QTest::newRow(good) << QString(good) << true;
        }
        for (const char* bad :
             {"", ",", "b:1,", "b:", "b:0", "b:65536", "b:x", ":9092", "::1", "a b:1", "http://b/x"}) {
            QTest::newRow(*bad == '\0' ? "empty" : bad) << QString(bad) << false;
        }
    }
    void brokers_are_named_by_host_and_port() {
        QFETCH(QString, servers);
        QTEST(check_bootstrap(servers.toStdString(), "--bootstrap").has_value(), "good");
    }
};

SLUICE_TEST(ClientFileTest)
#include "client_file_test.moc"

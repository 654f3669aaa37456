#include "host/ssh_signature.h"

#include "release/signing.h"

#include <QProcess>
#include <QTemporaryDir>
#include <QTimer>
#include <fstream>
#include <memory>

namespace sluice::host {
namespace {

const QString program = QStringLiteral("ssh-keygen");

Error not_there() {
    return {ErrorCode::not_found, "ssh-keygen can't be run", "ssh-keygen", "install openssh-client"};
}

bool write(const QString& path, const std::string& bytes) {
    std::ofstream file(path.toStdString(), std::ios::binary);
    file << bytes;
    return file.good();
}

std::string said(QByteArray text) {
    text.replace('\n', "; ");
    while (text.endsWith(' ') || text.endsWith(';') || text.endsWith('\r')) {
        text.chop(1);
    }
    return text.left(300).toStdString();
}

} // namespace

Result<std::string> ssh_sign(const std::string& bytes, const std::string& key) {
    QProcess process;
    process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process.start(program, {"-q", "-Y", "sign", "-n", release::signature_namespace, "-f", QString::fromStdString(key)});
    if (!process.waitForStarted(-1)) {
        return tl::unexpected<Error>(not_there());
    }
    process.write(QByteArray::fromStdString(bytes));
    process.closeWriteChannel();
    process.waitForFinished(-1);
    const std::string signature = process.readAllStandardOutput().toStdString();
    if (process.exitStatus() != QProcess::NormalExit || process.exitCode() != 0 || signature.empty()) {
        return fail(ErrorCode::refused, "ssh-keygen did not sign", "--key " + key,
                    "is this your key, and if it is a .pub file, does your agent hold the private one?");
    }
    return signature;
}

void ssh_verify(const SshCheck& check, QObject* context, const std::function<void(Result<void>)>& done) {
    std::error_code error;
    std::filesystem::create_directories(check.folder, error);
    const auto folder =
        std::make_shared<QTemporaryDir>(QString::fromStdString((check.folder / "signature-XXXXXX").string()));
    const QString signers = folder->filePath("allowed_signers"), signature = folder->filePath("signature");
    if (!folder->isValid() || !write(signers, check.allowed_signers) || !write(signature, check.signature)) {
        QTimer::singleShot(0, context, [done, path = check.folder.string()] {
            done(fail(ErrorCode::io, "the files to verify a signature can't be written", path));
        });
        return;
    }
    auto* process = new QProcess(context);
    const auto finish = [process, folder, done](const Result<void>& result) {
        process->disconnect();
        process->deleteLater();
        done(result);
    };
    QObject::connect(process, &QProcess::errorOccurred, context, [finish](QProcess::ProcessError what) {
        if (what == QProcess::FailedToStart) {
            finish(tl::unexpected<Error>(not_there()));
        }
    });
    QObject::connect(process, &QProcess::finished, context, [process, finish](int code, QProcess::ExitStatus status) {
        if (status == QProcess::NormalExit && code == 0) {
            finish({});
        } else {
            finish(fail(ErrorCode::refused, "the signature is not good: " + said(process->readAllStandardError()),
                        "ssh-keygen -Y verify", "ask for a signature again"));
        }
    });
    QTimer::singleShot(30'000, process, [process] { process->kill(); });
    process->start(program, {"-Y", "verify", "-f", signers, "-I", QString::fromStdString(check.principal), "-n",
                             release::signature_namespace, "-s", signature});
    process->write(QByteArray::fromStdString(check.bytes));
    process->closeWriteChannel();
}

} // namespace sluice::host

#pragma once
#include "story/command_channel.h"
#include "story/delivery.h"

#include <QObject>
#include <QStringList>
#include <QThread>

namespace sluice::story {

/// Where a session comes from, in a thread of its own: the GUI thread does no I/O (DESIGN.md, "Rules").
/// `start` once; everything else by signals, in the GUI thread.
class FeedSource : public QObject {
    Q_OBJECT
public:
    virtual void start() = 0;
    virtual CommandChannel* commands() { return nullptr; } ///< null where there is no way to act
    virtual bool sets_speed() const { return false; }      ///< a rehearsal in this process
    virtual void set_speed(double) {} ///< seconds of the rehearsal a real second at most; 0 = as fast as it can
    virtual double speed() const { return 1; }
    virtual QString file() const = 0;
    /// Where this process was started, if it owns the session: what the session sees from there is found there. Empty
    /// of a session that another one owns.
    virtual QString started_in() const { return {}; }

signals:
    void delivered(const sluice::story::DeliveryPtr& delivery);
    void opened(const QString& file);         ///< the session's file is known
    void warned(const QStringList& warnings); ///< what was found at the opening and stops nothing; none = not told
    void failed(const sluice::Error& error);
    void closed(); ///< the session is over and its file is whole
};

} // namespace sluice::story

Q_DECLARE_METATYPE(sluice::story::DeliveryPtr)
Q_DECLARE_METATYPE(sluice::Error)

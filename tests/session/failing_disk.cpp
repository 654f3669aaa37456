#include "session/failing_disk.h"

#include <new>

namespace sluice::session::testing {
namespace {

struct Plan {
    FailingDisk::Call kind = FailingDisk::Call::sync;
    int fail_at = 0;
    int calls = 0;
    bool failed = false;

    bool fails(FailingDisk::Call call) {
        if (call != kind) {
            return false;
        }
        ++calls;
        failed = failed || (fail_at > 0 && calls >= fail_at);
        return failed;
    }
} plan;

sqlite3_vfs vfs;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_io_methods methods;

/// Our part of the file, with the real one behind it in the same piece of memory.
struct File {
    sqlite3_file base;
    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

sqlite3_file* real(sqlite3_file* file) {
    return reinterpret_cast<File*>(file)->real();
}

int close(sqlite3_file* f) {
    return real(f)->pMethods != nullptr ? real(f)->pMethods->xClose(real(f)) : SQLITE_OK;
}
int read(sqlite3_file* f, void* to, int n, sqlite3_int64 at) {
    return real(f)->pMethods->xRead(real(f), to, n, at);
}
int write(sqlite3_file* f, const void* from, int n, sqlite3_int64 at) {
    return plan.fails(FailingDisk::Call::write) ? SQLITE_IOERR_WRITE : real(f)->pMethods->xWrite(real(f), from, n, at);
}
int truncate(sqlite3_file* f, sqlite3_int64 size) {
    return real(f)->pMethods->xTruncate(real(f), size);
}
int sync(sqlite3_file* f, int flags) {
    return plan.fails(FailingDisk::Call::sync) ? SQLITE_IOERR_FSYNC : real(f)->pMethods->xSync(real(f), flags);
}
int file_size(sqlite3_file* f, sqlite3_int64* size) {
    return real(f)->pMethods->xFileSize(real(f), size);
}
int lock(sqlite3_file* f, int level) {
    return real(f)->pMethods->xLock(real(f), level);
}
int unlock(sqlite3_file* f, int level) {
    return real(f)->pMethods->xUnlock(real(f), level);
}
int reserved(sqlite3_file* f, int* out) {
    return real(f)->pMethods->xCheckReservedLock(real(f), out);
}
int control(sqlite3_file* f, int op, void* arg) {
    return real(f)->pMethods->xFileControl(real(f), op, arg);
}
int sector_size(sqlite3_file* f) {
    return real(f)->pMethods->xSectorSize(real(f));
}
int characteristics(sqlite3_file* f) {
    return real(f)->pMethods->xDeviceCharacteristics(real(f));
}
int shm_map(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
    return real(f)->pMethods->xShmMap(real(f), page, size, extend, out);
}
int shm_lock(sqlite3_file* f, int at, int n, int flags) {
    return real(f)->pMethods->xShmLock(real(f), at, n, flags);
}
void shm_barrier(sqlite3_file* f) {
    real(f)->pMethods->xShmBarrier(real(f));
}
int shm_unmap(sqlite3_file* f, int remove) {
    return real(f)->pMethods->xShmUnmap(real(f), remove);
}

int open(sqlite3_vfs*, const char* path, sqlite3_file* file, int flags, int* out) {
    auto* own = new (file) File{};
    const int code = real_vfs->xOpen(real_vfs, path, own->real(), flags, out);
    own->base.pMethods = own->real()->pMethods != nullptr ? &methods : nullptr;
    return code;
}

} // namespace

FailingDisk::FailingDisk(Call kind, int fail_at) {
    plan = {kind, fail_at, 0, false};
    real_vfs = sqlite3_vfs_find(nullptr);
    methods = {2,         close,    read,    write,       truncate,        sync,    file_size, lock,
               unlock,    reserved, control, sector_size, characteristics, shm_map, shm_lock,  shm_barrier,
               shm_unmap, nullptr,  nullptr};
    vfs = *real_vfs;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + real_vfs->szOsFile;
    vfs.zName = name;
    vfs.xOpen = open;
    sqlite3_vfs_register(&vfs, 0);
}

FailingDisk::~FailingDisk() {
    sqlite3_vfs_unregister(&vfs);
}
int FailingDisk::calls() const {
    return plan.calls;
}
bool FailingDisk::failed() const {
    return plan.failed;
}

} // namespace sluice::session::testing

/* Records what a process asks of the disk, so that a test can rebuild every state a power cut could leave behind.
 *
 * Preloaded into a process, it notes each write, truncation, sync, rename and removal below RECORD_FOLDER, and each line
 * the process says on its standard output (an acknowledgement). One record is
 *   kind (1 byte), path length (4), offset (8), data length (8), path, data       integers in host byte order
 * with kinds W write, T truncate, S sync, R rename (data is the new path), U unlink, A acknowledgement.
 *
 * While the file DISK_FULL_WHILE exists, writes below RECORD_FOLDER fail as on a full disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static int record_file = -1;
static const char *folder;

#define REAL(result, name, ...) static result (*real_##name)(__VA_ARGS__)
REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t);
REAL(ssize_t, write, int, const void *, size_t);
REAL(int, ftruncate64, int, off64_t);
REAL(int, fsync, int);
REAL(int, fdatasync, int);
REAL(int, rename, const char *, const char *);
REAL(int, unlink, const char *);

__attribute__((constructor)) static void begin(void) {
#define FIND(name) *(void **)(&real_##name) = dlsym(RTLD_NEXT, #name)
  FIND(pwrite64);
  FIND(write);
  FIND(ftruncate64);
  FIND(fsync);
  FIND(fdatasync);
  FIND(rename);
  FIND(unlink);
  folder = getenv("RECORD_FOLDER");
  const char *name = getenv("RECORD_FILE");
  if (folder && name) record_file = open(name, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
}

static int inside(const char *path) {
  return record_file >= 0 && strncmp(path, folder, strlen(folder)) == 0;
}

static int path_of(int fd, char *path, size_t size) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, size - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return inside(path);
}

static int full(int fd) {
  char path[1024];
  const char *flag = getenv("DISK_FULL_WHILE");
  if (!flag || access(flag, F_OK) != 0 || !path_of(fd, path, sizeof path)) return 0;
  errno = ENOSPC;
  return 1;
}

static void put(const void *bytes, size_t count) {
  while (count) {
    ssize_t done = real_write(record_file, bytes, count);
    if (done <= 0) abort(); /* a record with a hole would prove nothing */
    bytes = (const char *)bytes + done;
    count -= (size_t)done;
  }
}

static void record(char kind, const char *path, uint64_t offset, const void *data, uint64_t length) {
  uint32_t path_length = (uint32_t)strlen(path);
  pthread_mutex_lock(&guard);
  put(&kind, 1);
  put(&path_length, 4);
  put(&offset, 8);
  put(&length, 8);
  put(path, path_length);
  put(data, length);
  pthread_mutex_unlock(&guard);
}

ssize_t pwrite64(int fd, const void *data, size_t count, off64_t offset) {
  char path[1024];
  if (full(fd)) return -1;
  ssize_t done = real_pwrite64(fd, data, count, offset);
  if (done > 0 && path_of(fd, path, sizeof path)) record('W', path, (uint64_t)offset, data, (uint64_t)done);
  return done;
}

ssize_t pwrite(int fd, const void *data, size_t count, off_t offset) { return pwrite64(fd, data, count, offset); }

ssize_t write(int fd, const void *data, size_t count) {
  char path[1024];
  if (fd > 2 && fd != record_file && full(fd)) return -1;
  off_t offset = fd == 1 ? 0 : lseek(fd, 0, SEEK_CUR);
  ssize_t done = real_write(fd, data, count);
  if (done > 0 && fd == 1 && record_file >= 0) record('A', "", 0, data, (uint64_t)done);
  else if (done > 0 && path_of(fd, path, sizeof path)) record('W', path, (uint64_t)offset, data, (uint64_t)done);
  return done;
}

int ftruncate64(int fd, off64_t length) {
  char path[1024];
  int failed = real_ftruncate64(fd, length);
  if (!failed && path_of(fd, path, sizeof path)) record('T', path, (uint64_t)length, "", 0);
  return failed;
}

int ftruncate(int fd, off_t length) { return ftruncate64(fd, length); }

int fsync(int fd) {
  char path[1024];
  int failed = real_fsync(fd);
  if (!failed && path_of(fd, path, sizeof path)) record('S', path, 0, "", 0);
  return failed;
}

int fdatasync(int fd) {
  char path[1024];
  int failed = real_fdatasync(fd);
  if (!failed && path_of(fd, path, sizeof path)) record('S', path, 0, "", 0);
  return failed;
}

int rename(const char *from, const char *to) {
  int failed = real_rename(from, to);
  if (!failed && inside(to)) record('R', from, 0, to, strlen(to));
  return failed;
}

int unlink(const char *path) {
  int failed = real_unlink(path);
  if (!failed && inside(path)) record('U', path, 0, "", 0);
  return failed;
}

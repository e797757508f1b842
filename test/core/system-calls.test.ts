import { assert, describe, it } from "vitest"
import { accessesOf } from "../../src/core/SystemCalls.ts"

const told = (...lines: ReadonlyArray<string>) => accessesOf(lines.join("\n"), "/p").map(({ kind, subject }) => `${kind} ${subject}`)

const rows: ReadonlyArray<readonly [what: string, lines: ReadonlyArray<string>, expected: ReadonlyArray<string>]> = [
  [
    "a file that is read, by where it really is",
    ['7 openat(AT_FDCWD</p>, "link", O_RDONLY|O_CLOEXEC) = 3</real/file>'],
    ["read /real/file"]
  ],
  ["nothing of what is not there", ['7 openat(AT_FDCWD</p>, "x", O_RDONLY) = -1 ENOENT (No such file or directory)'], []],
  ["a folder that is listed", ['7 openat(AT_FDCWD</p>, ".", O_RDONLY|O_DIRECTORY) = 3</p>'], ["list /p"]],
  ["a path that is only named", ['7 openat(AT_FDCWD</p>, "x", O_RDONLY|O_PATH) = 3</p/x>'], []],
  ["a file that is written", ['7 openat(AT_FDCWD</p>, "x", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 3</p/x>'], ["write /p/x"]],
  ["a file that is opened both ways", ['7 openat(AT_FDCWD</p>, "x", O_RDWR) = 3</p/x>'], ["write /p/x"]],
  ["both names of a renaming", ['7 renameat2(AT_FDCWD</p>, "a", 5</q>, "b", RENAME_NOREPLACE) = 0'], ["write /p/a", "write /q/b"]],
  ["only the place of a link", ['7 symlinkat("/etc/x", AT_FDCWD</p>, "l") = 0', '7 link("a", "m") = 0'], ["write /p/l", "write /p/m"]],
  ["a descriptor that is cut", ["7 ftruncate(3</p/x>, 0) = 0"], ["write /p/x"]],
  [
    "names with quotes, commas, brackets and other letters",
    ['7 unlink("d\\303\\251\\"a, (b") = 0', '7 openat(AT_FDCWD</p>, "a<b>", O_RDONLY) = 3</p/a\\74b\\76>'],
    ['write /p/dé"a, (b', "read /p/a<b>"]
  ],
  ["a program that is run", ['7 execve("/usr/bin/cat", ["cat", "a, b"], 0x7ffe /* 3 vars */) = 0'], ["run /usr/bin/cat"]],
  [
    "relative names after a change of folder",
    ['7 chdir("sub") = 0', '7 mkdir("../new", 0777) = 0', "7 fchdir(4</r>) = 0", '7 rmdir("x") = 0'],
    ["write /p/new", "write /r/x"]
  ],
  [
    "the folder of a parent in its children",
    ['7 chdir("/q") = 0', "7 vfork( <unfinished ...>", "7 <... vfork resumed>) = 8", '8 unlink("x") = 0'],
    ["write /q/x"]
  ],
  [
    "calls that were cut in two",
    [
      '7 openat(AT_FDCWD</p>, "x", O_RDONLY <unfinished ...>',
      '8 openat(AT_FDCWD</p>, "y", O_RDONLY) = 3</p/y>',
      "7 <... openat resumed>) = 4</p/x>"
    ],
    ["read /p/y", "read /p/x"]
  ],
  [
    "where to something is sent, though it failed",
    [
      '7 connect(3<socket:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = -1 EINPROGRESS (Operation now in progress)',
      '7 sendto(3<UDP:[1]>, "x, y", 4, 0, {sa_family=AF_INET6, sin6_port=htons(53), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = 4'
    ],
    ["network 10.0.0.1:80", "network [::1]:53"]
  ],
  ["nothing of sockets of this machine", ['7 connect(3<socket:[1]>, {sa_family=AF_UNIX, sun_path="/run/x"}, 110) = 0'], []],
  ["each only once", ['7 openat(AT_FDCWD</p>, "x", O_RDONLY) = 3</p/x>', '8 openat(AT_FDCWD</p>, "x", O_RDONLY) = 3</p/x>'], ["read /p/x"]],
  ["nothing of lines that were cut off", ['7 openat(AT_FDCWD</p>, "x', "", "garbage", "7 +++ exited with 0 +++"], []]
]

describe("what strace wrote", () => {
  for (const [what, lines, expected] of rows) it(`tells ${what}`, () => assert.deepStrictEqual(told(...lines), expected))
})

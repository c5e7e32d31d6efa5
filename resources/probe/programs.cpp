// SPDX-License-Identifier: GPL-3.0-or-later
//
// Which processors' programs run here: the smallest ELF file that ends with a number of its own, for each.
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include <elf.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "resources/probe/attempt.h"
#include "resources/probe/parts.h"

namespace isolab::probe {
namespace {

constexpr int answer = 42; ///< what the programs exit with
constexpr std::uint64_t load_address = 0x400000;

/// exit(42) in the machine's own code.
constexpr unsigned char code_x86_64[] = {0xbf, 42, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05}; // mov edi; mov eax; syscall
constexpr unsigned char code_i386[] = {0xbb, 42, 0, 0, 0, 0xb8, 1, 0, 0, 0, 0xcd, 0x80};    // mov ebx; mov eax; int 80h
constexpr unsigned char code_aarch64[] = {0x40, 0x05, 0x80, 0xd2, 0xa8, 0x0b,
                                          0x80, 0xd2, 0x01, 0x00, 0x00, 0xd4}; // mov x0; mov x8; svc #0
constexpr std::size_t code_size = 12;

struct Processor {
    const char* name;
    unsigned short machine; ///< e_machine
    const unsigned char (&code)[code_size];
};
constexpr Processor processors[] = {
    {"x86_64", EM_X86_64, code_x86_64}, {"i386", EM_386, code_i386}, {"aarch64", EM_AARCH64, code_aarch64}};

template <class Header, class Segment> std::string elf_file(const Processor& processor, unsigned char size_class) {
    Header header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = size_class;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_ident[EI_VERSION] = EV_CURRENT;
    header.e_type = ET_EXEC;
    header.e_machine = processor.machine;
    header.e_version = EV_CURRENT;
    header.e_phoff = sizeof(Header);
    header.e_ehsize = sizeof(Header);
    header.e_phentsize = sizeof(Segment);
    header.e_phnum = 1;
    constexpr std::size_t before = sizeof(Header) + sizeof(Segment);
    header.e_entry = load_address + before;
    Segment segment{};
    segment.p_type = PT_LOAD;
    segment.p_flags = PF_R | PF_X;
    segment.p_vaddr = load_address;
    segment.p_filesz = before + code_size;
    segment.p_memsz = segment.p_filesz;
    segment.p_align = 0x1000;
    std::string file(reinterpret_cast<const char*>(&header), sizeof header);
    file.append(reinterpret_cast<const char*>(&segment), sizeof segment);
    return file.append(reinterpret_cast<const char*>(processor.code), code_size);
}

std::string program_of(const Processor& processor) {
    return processor.machine == EM_386 ? elf_file<Elf32_Ehdr, Elf32_Phdr>(processor, ELFCLASS32)
                                       : elf_file<Elf64_Ehdr, Elf64_Phdr>(processor, ELFCLASS64);
}

/// Executes it out of memory: no file is made anywhere.
int execute(const std::string& program) {
    const int fd = static_cast<int>(::syscall(SYS_memfd_create, "isolab-probe", MFD_CLOEXEC));
    if (fd < 0 || ::write(fd, program.data(), program.size()) != static_cast<ssize_t>(program.size()))
        return errno;
    const pid_t child = ::fork();
    if (child < 0)
        return errno;
    if (child == 0) {
        char* nothing[] = {nullptr};
        ::syscall(SYS_execveat, fd, "", nothing, nothing, AT_EMPTY_PATH);
        _exit(errno == answer ? EIO : errno);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
        ::raise(WTERMSIG(status));
    const int code = WEXITSTATUS(status);
    return code == answer ? 0 : code == 0 ? EIO : code;
}

} // namespace

void add_programs(Object& document) {
    Object programs;
    for (const Processor& processor : processors) {
        const std::string program = program_of(processor);
        programs.add(processor.name, describe(attempt([&program] { return execute(program); })));
    }
    document.add("programs", programs.text());
}

} // namespace isolab::probe

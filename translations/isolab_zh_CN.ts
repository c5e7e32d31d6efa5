<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>BookFormats</name>
    <message>
        <source>Report with pictures, as HTML</source>
        <translation>带图的报告（HTML）</translation>
    </message>
    <message>
        <source>Every figure, as JSON</source>
        <translation>全部数据（JSON）</translation>
    </message>
    <message>
        <source>Report on paper, as PDF</source>
        <translation>可打印的报告（PDF）</translation>
    </message>
</context>
<context>
    <name>BookLines</name>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>preparing</source>
        <translation>准备中</translation>
    </message>
    <message>
        <source>part %1 of %2</source>
        <translation>第 %1 部分，共 %2 部分</translation>
    </message>
    <message>
        <source>the book says %1</source>
        <translation>书上说：%1</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>being measured</source>
        <translation>正在测量</translation>
    </message>
    <message>
        <source>stopped half-way</source>
        <translation>中途停止</translation>
    </message>
    <message>
        <source>stopping: the present run is ended cleanly</source>
        <translation>正在停止：妥善结束当前运行</translation>
    </message>
    <message>
        <source>%1 of %2</source>
        <translation>第 %1 项，共 %2 项</translation>
    </message>
    <message>
        <source>%1 instances</source>
        <translation>%1 个实例</translation>
    </message>
    <message>
        <source>warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>run %1</source>
        <translation>第 %1 次运行</translation>
    </message>
    <message>
        <source>about %1 s</source>
        <translation>约 %1 秒</translation>
    </message>
    <message>
        <source>about %1 h</source>
        <translation>约 %1 小时</translation>
    </message>
    <message>
        <source>about %1 min</source>
        <translation>约 %1 分钟</translation>
    </message>
    <message>
        <source>almost done</source>
        <translation>即将完成</translation>
    </message>
    <message>
        <source>%1 left</source>
        <comment>time</comment>
        <translation>还需%1</translation>
    </message>
    <message>
        <source>Measured in: %1</source>
        <translation>测量对象：%1</translation>
    </message>
    <message>
        <source>, </source>
        <comment>list</comment>
        <translation>、</translation>
    </message>
</context>
<context>
    <name>Catalogue</name>
    <message>
        <source>Hello</source>
        <translation>Hello 问候</translation>
    </message>
    <message>
        <source>Prints one line and ends: what a world costs when the work costs nothing.</source>
        <translation>打印一行后结束：工作本身没有代价时，环境要付出多少代价。</translation>
    </message>
    <message>
        <source>Compute</source>
        <translation>计算</translation>
    </message>
    <message>
        <source>One second of integer arithmetic: how fast a processor is inside.</source>
        <translation>一秒钟整数运算：看处理器在其中有多快。</translation>
    </message>
    <message>
        <source>Web server</source>
        <translation>网页服务器</translation>
    </message>
    <message>
        <source>A small web server, ready when it answers its first request.</source>
        <translation>小型网页服务器，回答第一个请求即为就绪。</translation>
    </message>
    <message>
        <source>nginx</source>
        <translation>nginx</translation>
    </message>
    <message>
        <source>Redis</source>
        <translation>Redis</translation>
    </message>
    <message>
        <source>PSS at ready</source>
        <translation>就绪时的 PSS</translation>
    </message>
    <message>
        <source>peak resident set</source>
        <translation>常驻内存峰值</translation>
    </message>
    <message>
        <source>Linux namespaces</source>
        <translation>Linux 命名空间</translation>
    </message>
    <message>
        <source>user namespaces without root</source>
        <translation>无需 root 的用户命名空间</translation>
    </message>
    <message>
        <source>networks without root</source>
        <translation>无需 root 的网络</translation>
    </message>
    <message>
        <source>limits for memory and CPUs</source>
        <translation>内存与 CPU 限制</translation>
    </message>
    <message>
        <source>file-descriptor based mounts</source>
        <translation>基于文件描述符的挂载</translation>
    </message>
    <message>
        <source>overlay file system</source>
        <translation>overlay 文件系统</translation>
    </message>
    <message>
        <source>system call filter</source>
        <translation>系统调用过滤器</translation>
    </message>
    <message>
        <source>isolab-runtime</source>
        <translation>isolab-runtime</translation>
    </message>
    <message>
        <source>data folder</source>
        <translation>数据目录</translation>
    </message>
    <message>
        <source>ranges of user ids</source>
        <translation>用户 ID 区间</translation>
    </message>
    <message>
        <source>fast firmware qboot</source>
        <translation>快速固件 qboot</translation>
    </message>
    <message>
        <source>libvirt connection</source>
        <translation>libvirt 连接</translation>
    </message>
    <message>
        <source>libvirt QEMU driver</source>
        <translation>libvirt 的 QEMU 驱动</translation>
    </message>
    <message>
        <source>hardware virtualisation (KVM)</source>
        <translation>硬件虚拟化（KVM）</translation>
    </message>
    <message>
        <source>kernel for guests</source>
        <translation>客户机内核</translation>
    </message>
    <message>
        <source>A full web server, ready when it answers its first request.</source>
        <translation>完整的网页服务器，回答第一个请求即为就绪。</translation>
    </message>
    <message>
        <source>A database in memory, ready when it accepts connections.</source>
        <translation>内存数据库，接受连接即为就绪。</translation>
    </message>
    <message>
        <source>The image&apos;s own command, run to its end</source>
        <translation>镜像自带的命令，运行到结束</translation>
    </message>
    <message>
        <source>unpack layers</source>
        <translation>解包镜像层</translation>
    </message>
    <message>
        <source>open the hypervisor</source>
        <translation>打开虚拟化管理程序</translation>
    </message>
    <message>
        <source>build base disk</source>
        <translation>建立基础盘</translation>
    </message>
    <message>
        <source>QEMU</source>
        <translation>QEMU</translation>
    </message>
    <message>
        <source>the guest&apos;s first process</source>
        <translation>客户机的第一个进程</translation>
    </message>
    <message>
        <source>maker of ext4 disks</source>
        <translation>ext4 磁盘制作工具</translation>
    </message>
    <message>
        <source>it is empty</source>
        <translation>它是空的</translation>
    </message>
    <message>
        <source>it holds no file system</source>
        <translation>其中没有文件系统</translation>
    </message>
    <message>
        <source>its content is not what was written</source>
        <translation>其内容与写入时不同</translation>
    </message>
    <message>
        <source>it is not installed</source>
        <translation>未安装</translation>
    </message>
    <message>
        <source>other runtimes are started by root only</source>
        <translation>只有 root 才能启动其他运行时</translation>
    </message>
    <message>
        <source>there is no machine image that boots</source>
        <translation>没有可启动的虚拟机镜像</translation>
    </message>
    <message>
        <source>there is no machine image that boots by a BIOS</source>
        <translation>没有可由 BIOS 启动的虚拟机镜像</translation>
    </message>
    <message>
        <source>there is no machine image that boots by UEFI</source>
        <translation>没有可由 UEFI 启动的虚拟机镜像</translation>
    </message>
</context>
<context>
    <name>Deployment</name>
    <message>
        <source>%1 · %2</source>
        <translation>%1 · %2</translation>
    </message>
    <message>
        <source>%1 (was there)</source>
        <translation>%1（已有）</translation>
    </message>
    <message>
        <source>Found done by an earlier comparison; only the look-up took time</source>
        <translation>先前的对比已完成这一步；只花了查找的时间</translation>
    </message>
    <message>
        <source>Done once, before the first start</source>
        <translation>首次启动之前做一次</translation>
    </message>
</context>
<context>
    <name>Facts</name>
    <message>
        <source>image</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>command</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>environment</source>
        <translation>环境变量</translation>
    </message>
    <message>
        <source>user</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>working directory</source>
        <translation>工作目录</translation>
    </message>
    <message>
        <source>stop signal</source>
        <translation>停止信号</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU 数</translation>
    </message>
    <message>
        <source>memory limit</source>
        <translation>内存上限</translation>
    </message>
    <message>
        <source>ready when</source>
        <translation>就绪条件</translation>
    </message>
    <message>
        <source>network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>start</source>
        <translation>启动方式</translation>
    </message>
    <message>
        <source>limits by</source>
        <translation>限制方式</translation>
    </message>
    <message>
        <source>storage</source>
        <translation>存储</translation>
    </message>
    <message>
        <source>room on disk</source>
        <translation>磁盘空间</translation>
    </message>
    <message>
        <source>block size</source>
        <translation>块大小</translation>
    </message>
    <message>
        <source>processors seen</source>
        <translation>可见处理器</translation>
    </message>
    <message>
        <source>memory seen</source>
        <translation>可见内存</translation>
    </message>
    <message>
        <source>kernel</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>kernel command line</source>
        <translation>内核命令行</translation>
    </message>
    <message>
        <source>kernel settings</source>
        <translation>内核参数</translation>
    </message>
    <message>
        <source>files of the kernel</source>
        <translation>内核文件</translation>
    </message>
    <message>
        <source>system call filter</source>
        <translation>系统调用过滤器</translation>
    </message>
    <message>
        <source>first process</source>
        <translation>首个进程</translation>
    </message>
    <message>
        <source>processes seen</source>
        <translation>可见进程</translation>
    </message>
    <message>
        <source>devices</source>
        <translation>设备</translation>
    </message>
    <message>
        <source>uptime and load</source>
        <translation>运行时间与负载</translation>
    </message>
    <message>
        <source>processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>machine type</source>
        <translation>机器类型</translation>
    </message>
    <message>
        <source>firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>privileges</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>unlimited (asked: %1)</source>
        <translation>无限制（要求：%1）</translation>
    </message>
    <message>
        <source>loopback only</source>
        <translation>仅回环</translation>
    </message>
    <message>
        <source>warm: image unpacked, disk built, files in the page cache</source>
        <translation>热启动：镜像已解包，磁盘已建好，文件在页缓存中</translation>
    </message>
    <message>
        <source>image unpacked, disk built; no warm-up, so the first run may read files from the disk</source>
        <translation>镜像已解包，磁盘已建好；没有预热，首次运行可能从磁盘读取文件</translation>
    </message>
    <message>
        <source>cgroup %1</source>
        <translation>cgroup %1</translation>
    </message>
    <message>
        <source>not enforced: %1</source>
        <translation>未强制执行：%1</translation>
    </message>
    <message>
        <source>virtual CPUs and guest RAM</source>
        <translation>虚拟 CPU 与客户机内存</translation>
    </message>
    <message>
        <source>overlayfs on the host&apos;s file system</source>
        <translation>主机文件系统上的 overlayfs</translation>
    </message>
    <message>
        <source>overlayfs</source>
        <translation>overlayfs</translation>
    </message>
    <message>
        <source>copy on the host&apos;s file system</source>
        <translation>主机文件系统上的副本</translation>
    </message>
    <message>
        <source>copy</source>
        <translation>副本</translation>
    </message>
    <message>
        <source>ext4 on a qcow2 layer over a shared base disk, virtio-blk, cache %1</source>
        <translation>共享基础盘之上 qcow2 层里的 ext4，virtio-blk，缓存 %1</translation>
    </message>
    <message>
        <source>ext4</source>
        <translation>ext4</translation>
    </message>
    <message>
        <source>%1 free on the host&apos;s file system</source>
        <translation>主机文件系统上还有 %1</translation>
    </message>
    <message>
        <source>a disk of %1 with the image on it</source>
        <translation>%1 的磁盘，镜像在其上</translation>
    </message>
    <message>
        <source>%1, the host&apos;s; the limit is of time</source>
        <translation>%1，主机的；限制的是时间</translation>
    </message>
    <message>
        <source>%1</source>
        <translation>%1</translation>
    </message>
    <message>
        <source>%1, the host&apos;s; up to the limit all of it is the workload&apos;s</source>
        <translation>%1，主机的；上限之内全归负载使用</translation>
    </message>
    <message>
        <source>the limit, less what the guest&apos;s kernel keeps</source>
        <translation>上限减去客户机内核占用的部分</translation>
    </message>
    <message>
        <source>the host&apos;s</source>
        <translation>主机的</translation>
    </message>
    <message>
        <source>the host&apos;s; its own for network and System V IPC</source>
        <translation>主机的；网络与 System V IPC 有自己的</translation>
    </message>
    <message>
        <source>what the guest&apos;s kernel begins with</source>
        <translation>客户机内核的初始值</translation>
    </message>
    <message>
        <source>in /proc and /sys some hidden, the rest read-only</source>
        <translation>/proc 与 /sys 中部分隐藏，其余只读</translation>
    </message>
    <message>
        <source>all that the guest&apos;s kernel shows, open to root</source>
        <translation>客户机内核展示的全部，root 可写</translation>
    </message>
    <message>
        <source>seccomp, the default rules of containers</source>
        <translation>seccomp，容器的默认规则</translation>
    </message>
    <message>
        <source>none; every call of the guest&apos;s kernel can be tried</source>
        <translation>无；可尝试客户机内核的所有调用</translation>
    </message>
    <message>
        <source>the workload itself, so it ignores signals that it does not handle</source>
        <translation>负载本身，因此会忽略它未处理的信号</translation>
    </message>
    <message>
        <source>Isolab&apos;s own; the workload is its child</source>
        <translation>Isolab 自己的；负载是其子进程</translation>
    </message>
    <message>
        <source>its own</source>
        <translation>自己的</translation>
    </message>
    <message>
        <source>its own and the threads of the guest&apos;s kernel</source>
        <translation>自己的以及客户机内核的线程</translation>
    </message>
    <message>
        <source>null, zero, full, random, urandom, tty</source>
        <translation>null、zero、full、random、urandom、tty</translation>
    </message>
    <message>
        <source>all that the machine has</source>
        <translation>机器拥有的全部</translation>
    </message>
    <message>
        <source>native</source>
        <translation>原生</translation>
    </message>
    <message>
        <source>TCG: software emulation</source>
        <translation>TCG：软件模拟</translation>
    </message>
    <message>
        <source>TCG</source>
        <translation>TCG</translation>
    </message>
    <message>
        <source>KVM: hardware virtualisation</source>
        <translation>KVM：硬件虚拟化</translation>
    </message>
    <message>
        <source>KVM</source>
        <translation>KVM</translation>
    </message>
    <message>
        <source>the host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>%1: %2, QEMU %3, libvirt %4</source>
        <translation>%1：%2，QEMU %3，libvirt %4</translation>
    </message>
    <message>
        <source>%1: %2 without ACPI, QEMU %3, libvirt %4</source>
        <translation>%1：%2，无 ACPI，QEMU %3，libvirt %4</translation>
    </message>
    <message>
        <source>none</source>
        <translation>无</translation>
    </message>
    <message>
        <source>root</source>
        <translation>root</translation>
    </message>
    <message>
        <source>rootless</source>
        <translation>rootless（非 root）</translation>
    </message>
    <message>
        <source>Container</source>
        <translation>容器</translation>
    </message>
    <message>
        <source>Virtual machine</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>%1: TCG, software emulation without hardware virtualisation. Its times are many times longer than with KVM.</source>
        <translation>%1：TCG，没有硬件虚拟化的软件模拟。所用时间是 KVM 的许多倍。</translation>
    </message>
    <message>
        <source>Both sides ran at the same moment and disturbed each other: times of a race are not compared.</source>
        <translation>两边同时运行，互相干扰：竞速的时间不作比较。</translation>
    </message>
    <message>
        <source>With fewer than %1 runs per side no difference can be called certain.</source>
        <translation>每边少于 %1 次运行时，任何差异都不能算确定。</translation>
    </message>
    <message>
        <source>The processor&apos;s governor is powersave: its speed follows the load slowly.</source>
        <translation>处理器调速策略为 powersave：频率跟随负载较慢。</translation>
    </message>
    <message>
        <source>This machine runs on its battery and may slow down.</source>
        <translation>这台机器使用电池供电，可能会降速。</translation>
    </message>
    <message>
        <source>This is a debug build: the engine itself is slower than it should be.</source>
        <translation>这是调试版本：引擎本身比应有的速度慢。</translation>
    </message>
    <message>
        <source>%1 of swap are in use.</source>
        <translation>交换空间已用 %1。</translation>
    </message>
    <message>
        <source>This host is busy: load %1 on %2 CPUs.</source>
        <translation>主机繁忙：负载 %1，共 %2 个 CPU。</translation>
    </message>
    <message>
        <source>Processes of this host wait for memory or disk.</source>
        <translation>主机上的进程在等待内存或磁盘。</translation>
    </message>
    <message>
        <source>Only %1 are free in the data folder.</source>
        <translation>数据目录只剩 %1。</translation>
    </message>
    <message>
        <source>%1 of %2 runs were disturbed by other work on this host.</source>
        <translation>%2 次运行中有 %1 次受到本机其他工作的干扰。</translation>
    </message>
    <message>
        <source>%1: %2 of %3 runs did not heed their stop signal and were ended by force. Their stop times are not counted.</source>
        <translation>%1：%3 次运行中有 %2 次不理会停止信号，被强制结束。它们的停止时间不计入结果。</translation>
    </message>
    <message>
        <source>Virtual machine: its disk was damaged and has been made again: %1.</source>
        <translation>虚拟机：其磁盘已损坏，已重新制作：%1。</translation>
    </message>
    <message>
        <source>%1: %2.</source>
        <translation>%1：%2。</translation>
    </message>
    <message>
        <source>%1: the memory of a run is unknown: %2</source>
        <translation>%1：某次运行的内存未知：%2</translation>
    </message>
    <message>
        <source>%1.</source>
        <translation>%1。</translation>
    </message>
    <message>
        <source>Ask for at least 5 runs.</source>
        <translation>请至少运行 5 次。</translation>
    </message>
    <message>
        <source>Use a host with usable KVM.</source>
        <translation>请使用 KVM 可用的主机。</translation>
    </message>
    <message>
        <source>Choose performance: cpupower frequency-set -g performance</source>
        <translation>请改用 performance：cpupower frequency-set -g performance</translation>
    </message>
    <message>
        <source>Connect it to power.</source>
        <translation>请接通电源。</translation>
    </message>
    <message>
        <source>Build with CMAKE_BUILD_TYPE=RelWithDebInfo.</source>
        <translation>请以 CMAKE_BUILD_TYPE=RelWithDebInfo 构建。</translation>
    </message>
    <message>
        <source>Free some memory.</source>
        <translation>请释放一些内存。</translation>
    </message>
    <message>
        <source>Let other work end first.</source>
        <translation>请先等其他工作结束。</translation>
    </message>
    <message>
        <source>Let other work end, then compare again.</source>
        <translation>请先等其他工作结束，再重新对比。</translation>
    </message>
    <message>
        <source>Make room.</source>
        <translation>请腾出空间。</translation>
    </message>
    <message>
        <source>Choose a command that ends when it gets the stop signal of the image.</source>
        <translation>请选择收到镜像的停止信号后会结束的命令。</translation>
    </message>
    <message>
        <source>isolab check tells what is needed.</source>
        <translation>isolab check 会说明需要什么。</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>runc</source>
        <translation>runc</translation>
    </message>
    <message>
        <source>crun</source>
        <translation>crun</translation>
    </message>
    <message>
        <source>youki</source>
        <translation>youki</translation>
    </message>
    <message>
        <source>%1, the least for a whole system (asked: %2)</source>
        <translation>%1，完整系统所需的最小值（要求：%2）</translation>
    </message>
    <message>
        <source>what the machine has, less what its kernel keeps; its system runs in it, too</source>
        <translation>虚拟机的内存减去其内核占用的部分；其系统也在其中运行</translation>
    </message>
    <message>
        <source>the machine image&apos;s</source>
        <translation>虚拟机镜像自带的</translation>
    </message>
    <message>
        <source>what the guest&apos;s system sets</source>
        <translation>客户机系统所设的值</translation>
    </message>
    <message>
        <source>systemd; the workload is a child of Isolab&apos;s agent</source>
        <translation>systemd；负载是 Isolab 代理的子进程</translation>
    </message>
    <message>
        <source>all of the guest&apos;s system</source>
        <translation>客户机系统的全部进程</translation>
    </message>
    <message>
        <source>loopback only, where services of the system listen, too</source>
        <translation>仅回环，系统的服务也在其上监听</translation>
    </message>
    <message>
        <source>Whole machine</source>
        <translation>完整虚拟机</translation>
    </message>
    <message>
        <source>An installed Debian in a machine: firmware, boot loader, systemd, and the workload in it.</source>
        <translation>虚拟机中已安装的 Debian：固件、引导程序、systemd，负载在其中运行。</translation>
    </message>
    <message>
        <source>%1: it has %2, since a whole system does not start in the %3 that the workload asks for.</source>
        <translation>%1：内存为 %2，因为完整系统无法在负载要求的 %3 中启动。</translation>
    </message>
    <message>
        <source>Standard machine</source>
        <translation>标准虚拟机</translation>
    </message>
    <message>
        <source>The command on the host in the image&apos;s root: no isolation, no limits.</source>
        <translation>在主机上以镜像为根直接运行命令：没有隔离，没有限制。</translation>
    </message>
    <message>
        <source>A container of Isolab&apos;s own engine.</source>
        <translation>Isolab 自己的引擎启动的容器。</translation>
    </message>
    <message>
        <source>The same container, started by runc, as Docker does.</source>
        <translation>同样的容器，由 runc 启动，与 Docker 相同。</translation>
    </message>
    <message>
        <source>The same container, started by crun, as podman does.</source>
        <translation>同样的容器，由 crun 启动，与 podman 相同。</translation>
    </message>
    <message>
        <source>The same container, started by youki.</source>
        <translation>同样的容器，由 youki 启动。</translation>
    </message>
    <message>
        <source>The least machine that runs a workload.</source>
        <translation>能运行负载的最小虚拟机。</translation>
    </message>
    <message>
        <source>What a careful user of libvirt gets: q35, ACPI, virtio.</source>
        <translation>细心的 libvirt 用户得到的：q35、ACPI、virtio。</translation>
    </message>
    <message>
        <source>%1, %2</source>
        <translation>%1、%2</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>CPU to ready</source>
        <translation>就绪所用 CPU</translation>
    </message>
    <message>
        <source>Disk, unique</source>
        <translation>磁盘（独占）</translation>
    </message>
    <message>
        <source>First deployment</source>
        <translation>首次部署</translation>
    </message>
    <message>
        <source>Kernel</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>minutes / seconds</source>
        <translation>几分钟 / 几秒</translation>
    </message>
    <message>
        <source>very much / very little</source>
        <translation>非常高 / 极低</translation>
    </message>
    <message>
        <source>a few to tens of GB / tens to hundreds of MB</source>
        <translation>几 GB 到几十 GB / 几十 MB 到几百 MB</translation>
    </message>
    <message>
        <source>laborious each time / slower the first time</source>
        <translation>每次费时费力 / 仅首次慢些</translation>
    </message>
    <message>
        <source>any / like the host&apos;s</source>
        <translation>任意 / 与主机相同或相近</translation>
    </message>
    <message>
        <source>too few runs yet</source>
        <translation>运行次数还太少</translation>
    </message>
    <message>
        <source>not distinguishable</source>
        <translation>无法区分</translation>
    </message>
    <message>
        <source>%1 %2, %3 %4 (medians of %5 and %6 runs).</source>
        <translation>%1 %2，%3 %4（分别为 %5 次和 %6 次运行的中位数）。</translation>
    </message>
    <message>
        <source>The difference is distinguishable (permutation test, p = %1).</source>
        <translation>差异显著（置换检验，p = %1）。</translation>
    </message>
    <message>
        <source>Not distinguishable with these runs (permutation test, p = %1).</source>
        <translation>凭这些运行无法区分（置换检验，p = %1）。</translation>
    </message>
    <message>
        <source>%1: %2, less than the book says.</source>
        <translation>%1：%2，比书上说的少。</translation>
    </message>
    <message>
        <source>%1: %2, as the book says.</source>
        <translation>%1：%2，与书上说的一致。</translation>
    </message>
    <message>
        <source>%1: %2, more than the book says.</source>
        <translation>%1：%2，比书上说的多。</translation>
    </message>
    <message>
        <source>%1 / %2</source>
        <translation>%1 / %2</translation>
    </message>
    <message>
        <source>there already</source>
        <translation>已经存在</translation>
    </message>
    <message>
        <source>Unpacking the image and building the machine&apos;s disk, done once for an image. From the second time on it is there already.</source>
        <translation>解包镜像并制作虚拟机磁盘，每个镜像只做一次。从第二次起它们已经存在。</translation>
    </message>
    <message>
        <source>same release</source>
        <translation>版本相同</translation>
    </message>
    <message>
        <source>own</source>
        <translation>独立内核</translation>
    </message>
    <message>
        <source>Virtual machine: %1. Container: %2, the host&apos;s.</source>
        <translation>虚拟机：%1。容器：%2，即主机内核。</translation>
    </message>
    <message>
        <source>host name</source>
        <translation>主机名</translation>
    </message>
    <message>
        <source>System V IPC and queues</source>
        <translation>System V IPC 与消息队列</translation>
    </message>
    <message>
        <source>control groups seen</source>
        <translation>可见的控制组</translation>
    </message>
    <message>
        <source>none; cgroup %1 only counts</source>
        <translation>无；cgroup %1 仅计数</translation>
    </message>
    <message>
        <source>%1, the host&apos;s</source>
        <translation>%1，即主机的</translation>
    </message>
    <message>
        <source>the host&apos;s; its own for network</source>
        <translation>主机的；网络有自己的</translation>
    </message>
    <message>
        <source>the host&apos;s; its own for System V IPC</source>
        <translation>主机的；System V IPC 有自己的</translation>
    </message>
    <message>
        <source>all that the host&apos;s kernel shows, open to root</source>
        <translation>主机内核显示的全部内容，对 root 开放</translation>
    </message>
    <message>
        <source>none; every call of the host&apos;s kernel can be tried</source>
        <translation>无；可尝试主机内核的任何系统调用</translation>
    </message>
    <message>
        <source>the host&apos;s; the workload heeds signals as there</source>
        <translation>主机的；负载像在主机上一样响应信号</translation>
    </message>
    <message>
        <source>all of the host</source>
        <translation>主机的全部进程</translation>
    </message>
    <message>
        <source>root with every capability</source>
        <translation>root，具有所有能力（capabilities）</translation>
    </message>
    <message>
        <source>rootless, with every capability in its user namespace</source>
        <translation>非 root，在其用户命名空间中具有所有能力（capabilities）</translation>
    </message>
    <message>
        <source>started by</source>
        <translation>启动者</translation>
    </message>
    <message>
        <source>%1: neither its %2 CPUs nor its %3 of memory are a limit here: %4.</source>
        <translation>%1：其 %2 个 CPU 与 %3 内存在此都不是限制：%4。</translation>
    </message>
    <message>
        <source>%1: neither its 1 CPU nor its %2 of memory are a limit here: %3.</source>
        <translation>%1：其 1 个 CPU 与 %2 内存在此都不是限制：%3。</translation>
    </message>
    <message>
        <source>%1: shared memory and files in memory that no process maps are missing in its memory: without a control group nobody counts them: %2.</source>
        <translation>%1：其内存中缺少未被任何进程映射的共享内存和内存文件：没有控制组就无人统计它们：%2。</translation>
    </message>
    <message>
        <source>cold: image unpacked, disk built, the host&apos;s page cache dropped before each run</source>
        <translation>冷启动：镜像已解包、磁盘已建好，每次运行前清空主机页缓存</translation>
    </message>
    <message>
        <source>%1 … + %2</source>
        <translation>%1 … + %2</translation>
    </message>
    <message>
        <source>a copy of the image</source>
        <translation>镜像的完整副本</translation>
    </message>
    <message>
        <source>overlayfs in its place</source>
        <translation>改用 overlayfs</translation>
    </message>
    <message>
        <source>PID namespace</source>
        <translation>PID 命名空间</translation>
    </message>
    <message>
        <source>UTS namespace</source>
        <translation>UTS 命名空间</translation>
    </message>
    <message>
        <source>IPC namespace</source>
        <translation>IPC 命名空间</translation>
    </message>
    <message>
        <source>network namespace</source>
        <translation>网络命名空间</translation>
    </message>
    <message>
        <source>cgroup namespace</source>
        <translation>cgroup 命名空间</translation>
    </message>
    <message>
        <source>limits of the control group</source>
        <translation>控制组限额</translation>
    </message>
    <message>
        <source>hidden files of the kernel</source>
        <translation>隐藏内核文件</translation>
    </message>
    <message>
        <source>few capabilities</source>
        <translation>少量权能</translation>
    </message>
    <message>
        <source>seccomp filter</source>
        <translation>seccomp 过滤器</translation>
    </message>
    <message>
        <source>The book, measured</source>
        <translation>实测这本书</translation>
    </message>
    <message>
        <source>From the start command until a web server answers: warm, and with the host&apos;s page cache dropped.</source>
        <translation>从发出启动命令到网页服务器应答：热启动，以及清空主机页缓存后的冷启动。</translation>
    </message>
    <message>
        <source>First and second deployment</source>
        <translation>第一次与第二次部署</translation>
    </message>
    <message>
        <source>In an empty data folder: image taken in, made ready and started; then all of it again.</source>
        <translation>在空的数据目录中：导入镜像、准备并启动；然后全部再做一次。</translation>
    </message>
    <message>
        <source>Density and rate</source>
        <translation>密度与速率</translation>
    </message>
    <message>
        <source>More and more web servers, until the time, the cap or the host&apos;s memory ends it: how many, and what each further one costs.</source>
        <translation>不断增加网页服务器，直到时间、上限或主机内存叫停：能有多少个，每多一个要花多少。</translation>
    </message>
    <message>
        <source>Ingredients</source>
        <translation>隔离的成分</translation>
    </message>
    <message>
        <source>What each piece of isolation costs: each step has one piece more than the one before.</source>
        <translation>每一种隔离手段的代价：每一步比前一步多一种。</translation>
    </message>
    <message>
        <source>Root file system</source>
        <translation>根文件系统</translation>
    </message>
    <message>
        <source>What sharing the image&apos;s files saves: the same command in a copy of them, and on overlayfs.</source>
        <translation>共享镜像文件能省下什么：同一条命令分别在文件副本中和 overlayfs 上运行。</translation>
    </message>
    <message>
        <source>A service that does nothing, then holds 128 MiB, then gives them back: what the host pays for it.</source>
        <translation>一个服务先空闲，再占用 128 MiB，然后归还：主机为此付出多少。</translation>
    </message>
    <message>
        <source>Disk</source>
        <translation>磁盘</translation>
    </message>
    <message>
        <source>What lies on the host&apos;s disk after deployment, and after the workload wrote 64 MiB.</source>
        <translation>部署之后，以及工作负载写入 64 MiB 之后，主机磁盘上有多少数据。</translation>
    </message>
    <message>
        <source>Performance</source>
        <translation>性能</translation>
    </message>
    <message>
        <source>Operations per second inside, against the bare host: arithmetic, memory, files, system calls, processes, requests.</source>
        <translation>内部每秒操作数与裸主机对比：运算、内存、文件、系统调用、进程、请求。</translation>
    </message>
    <message>
        <source>Interference</source>
        <translation>相互干扰</translation>
    </message>
    <message>
        <source>A server&apos;s requests beside a neighbour that burns processors, memory, disk or processes, with limits and without: ratios over being alone.</source>
        <translation>邻居消耗处理器、内存、磁盘或进程时服务器处理请求的情况，有限额与无限额：与独自运行之比。</translation>
    </message>
    <message>
        <source>Isolation</source>
        <translation>隔离性</translation>
    </message>
    <message>
        <source>One harmless probe in every world: what it can see, which system calls answer, and whether limits hold.</source>
        <translation>在每个环境中运行同一个无害探针：它能看到什么、哪些系统调用有应答、限额是否有效。</translation>
    </message>
    <message>
        <source>System dependency</source>
        <translation>系统依赖</translation>
    </message>
    <message>
        <source>integer arithmetic</source>
        <translation>整数运算</translation>
    </message>
    <message>
        <source>floating-point arithmetic</source>
        <translation>浮点运算</translation>
    </message>
    <message>
        <source>memory latency</source>
        <translation>内存延迟</translation>
    </message>
    <message>
        <source>memory bandwidth</source>
        <translation>内存带宽</translation>
    </message>
    <message>
        <source>file, read</source>
        <translation>读文件</translation>
    </message>
    <message>
        <source>file, written</source>
        <translation>写文件</translation>
    </message>
    <message>
        <source>writes on the disk (fsync)</source>
        <translation>落盘写入（fsync）</translation>
    </message>
    <message>
        <source>system calls</source>
        <translation>系统调用</translation>
    </message>
    <message>
        <source>context switches</source>
        <translation>上下文切换</translation>
    </message>
    <message>
        <source>fork</source>
        <translation>fork</translation>
    </message>
    <message>
        <source>fork and exec</source>
        <translation>fork 加 exec</translation>
    </message>
    <message>
        <source>requests over loopback</source>
        <translation>回环请求</translation>
    </message>
    <message>
        <source>99th percentile of requests</source>
        <translation>请求耗时第 99 百分位</translation>
    </message>
    <message>
        <source>disk, unique, after 64 MiB were written</source>
        <translation>写入 64 MiB 后的独占磁盘</translation>
    </message>
    <message>
        <source>system calls that answer</source>
        <translation>有应答的系统调用</translation>
    </message>
    <message>
        <source>system calls refused</source>
        <translation>被拒绝的系统调用</translation>
    </message>
    <message>
        <source>system calls absent</source>
        <translation>不存在的系统调用</translation>
    </message>
    <message>
        <source>capabilities</source>
        <translation>权能</translation>
    </message>
    <message>
        <source>network interfaces seen</source>
        <translation>看到的网络接口</translation>
    </message>
    <message>
        <source>memory it could touch, of 384 MiB, where 256 MiB were allowed</source>
        <translation>限额 256 MiB 时，384 MiB 中实际能用的内存</translation>
    </message>
    <message>
        <source>processors it could use, where 1 was allowed</source>
        <translation>限额 1 个时实际能用的处理器</translation>
    </message>
    <message>
        <source>processes it could begin, of 5000</source>
        <translation>5000 个进程中能启动的个数</translation>
    </message>
    <message>
        <source>kernel that answers</source>
        <translation>应答的内核</translation>
    </message>
    <message>
        <source>mount a file system</source>
        <translation>挂载文件系统</translation>
    </message>
    <message>
        <source>set the clock</source>
        <translation>设置时钟</translation>
    </message>
    <message>
        <source>open a raw socket</source>
        <translation>打开原始套接字</translation>
    </message>
    <message>
        <source>load a BPF program</source>
        <translation>加载 BPF 程序</translation>
    </message>
    <message>
        <source>use io_uring</source>
        <translation>使用 io_uring</translation>
    </message>
    <message>
        <source>trace a process</source>
        <translation>跟踪进程</translation>
    </message>
    <message>
        <source>make a user namespace</source>
        <translation>创建用户命名空间</translation>
    </message>
    <message>
        <source>read the kernel&apos;s memory (/proc/kcore)</source>
        <translation>读取内核内存（/proc/kcore）</translation>
    </message>
    <message>
        <source>read the memory (/dev/mem)</source>
        <translation>读取内存（/dev/mem）</translation>
    </message>
    <message>
        <source>read /proc/sysrq-trigger</source>
        <translation>读取 /proc/sysrq-trigger</translation>
    </message>
    <message>
        <source>read /sys/firmware</source>
        <translation>读取 /sys/firmware</translation>
    </message>
    <message>
        <source>works</source>
        <translation>可以</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>%1 CPUs</source>
        <translation>%1 个 CPU</translation>
    </message>
    <message>
        <source>cold</source>
        <translation>冷</translation>
    </message>
    <message>
        <source>warm</source>
        <translation>热</translation>
    </message>
    <message>
        <source>alone</source>
        <translation>独自运行</translation>
    </message>
    <message>
        <source>beside %1</source>
        <translation>与 %1 相邻</translation>
    </message>
    <message>
        <source>with limits</source>
        <translation>有限额</translation>
    </message>
    <message>
        <source>without limits</source>
        <translation>无限额</translation>
    </message>
    <message>
        <source>the cap of %1 was reached</source>
        <translation>达到了上限 %1</translation>
    </message>
    <message>
        <source>the time of %1 was over</source>
        <translation>%1 的时间已用完</translation>
    </message>
    <message>
        <source>of the host&apos;s memory %1 were available, and %2 are kept</source>
        <translation>主机可用内存只剩 %1，其中须保留 %2</translation>
    </message>
    <message>
        <source>of the data folder %1 were free, and %2 are kept</source>
        <translation>数据目录只剩 %1 空闲，其中须保留 %2</translation>
    </message>
    <message>
        <source>the host waited for memory in %1 of the time</source>
        <translation>主机有 %1 的时间在等待内存</translation>
    </message>
    <message>
        <source>one of the instances ended</source>
        <translation>其中一个实例结束了</translation>
    </message>
    <message>
        <source>the next one did not start: %1</source>
        <translation>下一个未能启动：%1</translation>
    </message>
    <message>
        <source>the book says</source>
        <translation>书上说</translation>
    </message>
    <message>
        <source>The book says: %1.</source>
        <translation>书上说：%1。</translation>
    </message>
    <message>
        <source>measured here</source>
        <translation>本机实测</translation>
    </message>
    <message>
        <source>Measured %1, result %2.</source>
        <translation>测于 %1，结果 %2。</translation>
    </message>
    <message>
        <source>world</source>
        <translation>环境</translation>
    </message>
    <message>
        <source>median [95 % interval]</source>
        <translation>中位数 [95 % 区间]</translation>
    </message>
    <message>
        <source>over %1</source>
        <translation>与%1之比</translation>
    </message>
    <message>
        <source>Medians with bootstrap 95 % intervals; dots are single runs. ~: not distinguishable from no difference. TCG: software emulation without hardware virtualisation.</source>
        <translation>中位数及自助法 95 % 区间；圆点为单次运行。~：与无差异不可区分。TCG：无硬件虚拟化的软件模拟。</translation>
    </message>
    <message>
        <source>What differs between the worlds</source>
        <translation>各环境之间的不同</translation>
    </message>
    <message>
        <source>instances</source>
        <translation>实例数</translation>
    </message>
    <message>
        <source>The machine</source>
        <translation>测量用的机器</translation>
    </message>
    <message>
        <source>processors</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>frequency governor</source>
        <translation>调频策略</translation>
    </message>
    <message>
        <source>control groups</source>
        <translation>控制组</translation>
    </message>
    <message>
        <source>file system</source>
        <translation>文件系统</translation>
    </message>
    <message>
        <source>programs</source>
        <translation>程序</translation>
    </message>
    <message>
        <source>load before</source>
        <translation>测前负载</translation>
    </message>
    <message>
        <source>Start, phase by phase</source>
        <translation>启动的各个阶段</translation>
    </message>
    <message>
        <source>shared</source>
        <translation>共享</translation>
    </message>
    <message>
        <source>unique</source>
        <translation>独占</translation>
    </message>
    <message>
        <source>All figures</source>
        <translation>全部数值</translation>
    </message>
    <message>
        <source>What to know</source>
        <translation>须知</translation>
    </message>
    <message>
        <source>%1 runs of each side, %2 warm-ups, seed %3.</source>
        <translation>每边运行 %1 次，预热 %2 次，种子 %3。</translation>
    </message>
    <message>
        <source>prepare</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>set-up</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>exec</source>
        <translation>执行</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>%1 %2 (%3 – %4)</source>
        <translation>%1 %2（%3 – %4）</translation>
    </message>
    <message>
        <source>%1 %2, with all of it %3</source>
        <translation>%1 %2，全部加上为 %3</translation>
    </message>
    <message>
        <source>%1; the dearest piece is %2, %3</source>
        <translation>%1；最贵的一种是%2，%3</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1: it ended because %2.</source>
        <translation>%1：结束原因：%2。</translation>
    </message>
    <message>
        <source>%1: not measured here, because %2.</source>
        <translation>%1：本机未测，原因：%2。</translation>
    </message>
    <message>
        <source>%1 failed: %2</source>
        <translation>%1 失败：%2</translation>
    </message>
    <message>
        <source>not measurable here, because %1</source>
        <translation>本机无法测量，原因：%1</translation>
    </message>
    <message>
        <source>not reached before it was stopped</source>
        <translation>停止之前未能测到</translation>
    </message>
    <message>
        <source>until ready</source>
        <translation>到就绪</translation>
    </message>
    <message>
        <source>CPU time until ready</source>
        <translation>到就绪的 CPU 时间</translation>
    </message>
    <message>
        <source>CPU time altogether</source>
        <translation>CPU 时间合计</translation>
    </message>
    <message>
        <source>memory under load</source>
        <translation>负载下的内存</translation>
    </message>
    <message>
        <source>memory after the load</source>
        <translation>负载后的内存</translation>
    </message>
    <message>
        <source>disk, logical</source>
        <translation>磁盘，逻辑</translation>
    </message>
    <message>
        <source>disk, allocated</source>
        <translation>磁盘，已分配</translation>
    </message>
    <message>
        <source>disk, shared</source>
        <translation>磁盘，共享</translation>
    </message>
    <message>
        <source>disk, unique</source>
        <translation>磁盘，独占</translation>
    </message>
    <message>
        <source>first deployment</source>
        <translation>第一次部署</translation>
    </message>
    <message>
        <source>second deployment</source>
        <translation>第二次部署</translation>
    </message>
    <message>
        <source>memory of each further one</source>
        <translation>每多一个的内存</translation>
    </message>
    <message>
        <source>instances held</source>
        <translation>容纳的实例数</translation>
    </message>
    <message>
        <source>instances started in a minute</source>
        <translation>每分钟启动的实例数</translation>
    </message>
    <message>
        <source>start of each further one</source>
        <translation>每多一个的启动时间</translation>
    </message>
    <message>
        <source>It was cut off after %1; what was not reached is missing.</source>
        <translation>在 %1 后中断；未测到的部分缺失。</translation>
    </message>
    <message>
        <source>Density</source>
        <translation>密度</translation>
    </message>
    <message>
        <source>Rate</source>
        <translation>速率</translation>
    </message>
    <message>
        <source>few / thousands on one host</source>
        <translation>少数 / 一台主机几千个</translation>
    </message>
    <message>
        <source>10 in a minute / many in seconds</source>
        <translation>每分钟 10 台 / 几秒内大量</translation>
    </message>
    <message>
        <source>slower on virtual hardware / as on the host</source>
        <translation>虚拟硬件上较慢 / 与主机相同</translation>
    </message>
    <message>
        <source>– / isolated from each other</source>
        <translation>– / 彼此隔离</translation>
    </message>
    <message>
        <source>more thorough / weaker, a kernel shared with the host</source>
        <translation>更加彻底 / 较差，与主机共用内核</translation>
    </message>
    <message>
        <source>says nothing of it</source>
        <translation>没有提到</translation>
    </message>
    <message>
        <source>What the book means by a machine: an installed system with firmware, boot loader and systemd, and the workload in it.</source>
        <translation>书上所说的虚拟机：带固件、引导程序和 systemd 的完整系统，工作负载在其中运行。</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1; %2</source>
        <translation>%1；%2</translation>
    </message>
    <message>
        <source>%1 “%2”</source>
        <translation>%1“%2”</translation>
    </message>
    <message>
        <source>phase %1</source>
        <translation>阶段：%1</translation>
    </message>
    <message>
        <source>CPU time of phase %1</source>
        <translation>阶段的 CPU 时间：%1</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
    <message>
        <source>loopback, and a card behind which nothing answers</source>
        <translation>回环，以及一块背后无人应答的网卡</translation>
    </message>
    <message>
        <source>%1, which unpacks itself</source>
        <translation>%1，自解压</translation>
    </message>
    <message>
        <source>ACPI</source>
        <translation>ACPI</translation>
    </message>
    <message>
        <source>SeaBIOS as firmware</source>
        <translation>以 SeaBIOS 为固件</translation>
    </message>
    <message>
        <source>a kernel that unpacks itself</source>
        <translation>自解压的内核</translation>
    </message>
    <message>
        <source>PCI Express, USB and display</source>
        <translation>PCI Express、USB 和显示</translation>
    </message>
    <message>
        <source>network card</source>
        <translation>网卡</translation>
    </message>
    <message>
        <source>boot loader, systemd and services</source>
        <translation>引导程序、systemd 和各项服务</translation>
    </message>
    <message>
        <source>Ingredients of a machine</source>
        <translation>虚拟机的组成</translation>
    </message>
    <message>
        <source>What makes a machine dear: each step has one piece more than the one before, up to a whole system.</source>
        <translation>虚拟机为什么昂贵：每一步比前一步多一个部分，直到完整的系统。</translation>
    </message>
    <message>
        <source>1 ms of work</source>
        <translation>1 毫秒的计算</translation>
    </message>
    <message>
        <source>waking from 1 ms of sleep, too late by</source>
        <translation>睡眠 1 毫秒后醒来，迟到</translation>
    </message>
    <message>
        <source>start and end of a program</source>
        <translation>程序的启动和结束</translation>
    </message>
    <message>
        <source>4 KiB written and flushed</source>
        <translation>写入并落盘 4 KiB</translation>
    </message>
    <message>
        <source>Other work used %1 of the processors.</source>
        <translation>其他工作用了处理器的 %1。</translation>
    </message>
    <message>
        <source>The host below this one took %1 of the processors.</source>
        <translation>下层主机拿走了处理器的 %1。</translation>
    </message>
    <message>
        <source>%1 of the time of steady work is lost to interruptions.</source>
        <translation>稳定计算的时间有 %1 因打断而丢失。</translation>
    </message>
    <message>
        <source>One wake-up in a hundred is late by %1 or more.</source>
        <translation>百分之一的唤醒迟到 %1 或更多。</translation>
    </message>
    <message>
        <source>Starts of one and the same program differ by %1.</source>
        <translation>同一程序的各次启动相差 %1。</translation>
    </message>
    <message>
        <source>Memory that was free for seconds takes %1 as long to get: a host below takes it back. Machines that start after a pause pay for that.</source>
        <translation>空闲数秒的内存，再次取得要花 %1 的时间：下层主机会收回它。停顿之后启动的虚拟机要为此付出代价。</translation>
    </message>
    <message>
        <source>Let other guests of that host rest, or use a host of your own.</source>
        <translation>让那台主机上的其他客户机休息，或使用自己的主机。</translation>
    </message>
    <message>
        <source>Use more runs.</source>
        <translation>增加运行次数。</translation>
    </message>
    <message>
        <source>Switch deep sleep states and power saving off.</source>
        <translation>关闭深度睡眠状态和省电功能。</translation>
    </message>
    <message>
        <source>Compare worlds within one run, or switch free page reporting off there.</source>
        <translation>在一次对比内比较各个世界，或在那里关闭空闲页报告。</translation>
    </message>
    <message>
        <source>Which kernel answers inside, and which processors&apos; programs it runs.</source>
        <translation>内部由哪个内核应答，它能运行哪些处理器的程序。</translation>
    </message>
    <message>
        <source>run a program for x86_64</source>
        <translation>运行 x86_64 程序</translation>
    </message>
    <message>
        <source>run a program for i386</source>
        <translation>运行 i386 程序</translation>
    </message>
    <message>
        <source>run a program for aarch64</source>
        <translation>运行 aarch64 程序</translation>
    </message>
    <message>
        <source>Programs for %1: %2.</source>
        <translation>%1 的程序：%2。</translation>
    </message>
    <message>
        <source>%1 runs them</source>
        <translation>%1能运行</translation>
    </message>
    <message>
        <source>%1 does not (%2)</source>
        <translation>%1不能（%2）</translation>
    </message>
    <message>
        <source>Results over each other</source>
        <translation>结果叠放对比</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>None of them has this figure: %1.</source>
        <translation>这些结果都没有此项数值：%1。</translation>
    </message>
    <message>
        <source>Memory was not read in the same way for all of them: only those that were can be compared.</source>
        <translation>各结果的内存读取方式不尽相同：只有方式相同的才可比较。</translation>
    </message>
    <message>
        <source>The same was asked for, on machines that say the same of themselves.</source>
        <translation>测量要求相同，机器的自述也相同。</translation>
    </message>
    <message>
        <source>What was asked for differently</source>
        <translation>测量要求的差异</translation>
    </message>
    <message>
        <source>How the machines differ</source>
        <translation>机器的差异</translation>
    </message>
    <message>
        <source>Figures, B over A</source>
        <translation>各项数值，B 比 A</translation>
    </message>
    <message>
        <source>What changes by itself</source>
        <translation>自行变化的部分</translation>
    </message>
    <message>
        <source>B over A</source>
        <translation>B 比 A</translation>
    </message>
    <message>
        <source>Medians with 95 % intervals; ~ behind a ratio: not distinguishable from 1.</source>
        <translation>中位数及 95 % 区间；比值后的 ~ 表示与 1 无法区分。</translation>
    </message>
    <message>
        <source>%1 cannot be compared: %2.</source>
        <translation>%1 无法比较：%2。</translation>
    </message>
    <message>
        <source>cgroup %1, by libvirt</source>
        <translation>cgroup %1，由 libvirt 设置</translation>
    </message>
    <message>
        <source>overlayfs on the host&apos;s file system; /etc/hosts in memory</source>
        <translation>宿主机文件系统上的 overlayfs；/etc/hosts 在内存中</translation>
    </message>
    <message>
        <source>the limit, by a /proc/meminfo of libvirt&apos;s own</source>
        <translation>限额，由 libvirt 自己的 /proc/meminfo 给出</translation>
    </message>
    <message>
        <source>/sys and /proc/sys read-only, the rest open to root</source>
        <translation>/sys 和 /proc/sys 只读，其余对 root 开放</translation>
    </message>
    <message>
        <source>its own and Isolab&apos;s first one</source>
        <translation>自己的进程和 Isolab 的第一个进程</translation>
    </message>
    <message>
        <source>null, zero, full, random, urandom, tty, a console</source>
        <translation>null、zero、full、random、urandom、tty、一个控制台</translation>
    </message>
    <message>
        <source>root without the right to make devices</source>
        <translation>root，但不能创建设备</translation>
    </message>
    <message>
        <source>libvirt LXC</source>
        <translation>libvirt LXC</translation>
    </message>
    <message>
        <source>A container by libvirt, without a filter of system calls.</source>
        <translation>由 libvirt 创建的容器，没有系统调用过滤器。</translation>
    </message>
</context>
<context>
    <name>Library</name>
    <message>
        <source>the kernel has no %1 namespaces</source>
        <translation>内核没有 %1 命名空间</translation>
    </message>
    <message>
        <source>Use a kernel with all kinds of namespaces</source>
        <translation>请使用具备所有命名空间的内核</translation>
    </message>
    <message>
        <source>available</source>
        <translation>可用</translation>
    </message>
    <message>
        <source>not needed as root</source>
        <translation>以 root 运行时不需要</translation>
    </message>
    <message>
        <source>control groups %1: %2</source>
        <translation>控制组 %1：%2</translation>
    </message>
    <message>
        <source>control groups %1</source>
        <translation>控制组 %1</translation>
    </message>
    <message>
        <source>Run as root on a machine with control groups</source>
        <translation>请在有控制组的机器上以 root 运行</translation>
    </message>
    <message>
        <source>the cgroup v1 controllers memory and cpu are not both mounted</source>
        <translation>cgroup v1 的 memory 与 cpu 控制器没有全部挂载</translation>
    </message>
    <message>
        <source>cgroup v1 groups belong to root; run as root to limit memory and CPU</source>
        <translation>cgroup v1 的组属于 root；以 root 运行才能限制内存和 CPU</translation>
    </message>
    <message>
        <source>cgroup v1 groups belong to root</source>
        <translation>cgroup v1 的组属于 root</translation>
    </message>
    <message>
        <source>run as root to limit memory and CPU</source>
        <translation>以 root 运行才能限制内存和 CPU</translation>
    </message>
    <message>
        <source>no cgroup2 group was delegated to this user; run as root, or inside %1</source>
        <translation>没有把 cgroup2 组委托给此用户；请以 root 运行，或在 %1 中运行</translation>
    </message>
    <message>
        <source>no cgroup2 group was delegated to this user</source>
        <translation>没有把 cgroup2 组委托给此用户</translation>
    </message>
    <message>
        <source>run as root, or inside %1</source>
        <translation>请以 root 运行，或在 %1 中运行</translation>
    </message>
    <message>
        <source>no control groups are mounted on this machine</source>
        <translation>本机没有挂载控制组</translation>
    </message>
    <message>
        <source>%1 is read-only here; run outside of this container, or mount it writable</source>
        <translation>%1 在这里是只读的；请在此容器之外运行，或以可写方式挂载它</translation>
    </message>
    <message>
        <source>kernel %1 lacks mount_setattr(2)</source>
        <translation>内核 %1 没有 mount_setattr(2)</translation>
    </message>
    <message>
        <source>kernel %1</source>
        <translation>内核 %1</translation>
    </message>
    <message>
        <source>Use Linux 5.12 or later</source>
        <translation>请使用 Linux 5.12 或更新版本</translation>
    </message>
    <message>
        <source>not tried: the data folder cannot be used</source>
        <translation>未尝试：数据目录无法使用</translation>
    </message>
    <message>
        <source>not tried yet: the data folder holds no images</source>
        <translation>尚未尝试：数据目录中没有镜像</translation>
    </message>
    <message>
        <source>works in %1</source>
        <translation>在 %1 中可用</translation>
    </message>
    <message>
        <source>%1; each container gets a full copy of its image</source>
        <translation>%1；每个容器都会得到镜像的完整副本</translation>
    </message>
    <message>
        <source>Load the module (modprobe overlay), or use a data folder on ext4, xfs or btrfs</source>
        <translation>请加载模块（modprobe overlay），或把数据目录放在 ext4、xfs 或 btrfs 上</translation>
    </message>
    <message>
        <source>actions: %1</source>
        <translation>动作：%1</translation>
    </message>
    <message>
        <source>the kernel has no seccomp filters</source>
        <translation>内核没有 seccomp 过滤器</translation>
    </message>
    <message>
        <source>Use a kernel with CONFIG_SECCOMP_FILTER</source>
        <translation>请使用启用了 CONFIG_SECCOMP_FILTER 的内核</translation>
    </message>
    <message>
        <source>Build or install Isolab completely</source>
        <translation>请完整构建或安装 Isolab</translation>
    </message>
    <message>
        <source>Build or install Isolab again</source>
        <translation>请重新构建或安装 Isolab</translation>
    </message>
    <message>
        <source>newuidmap and a range in /etc/subuid</source>
        <translation>newuidmap 以及 /etc/subuid 中的一个区间</translation>
    </message>
    <message>
        <source>software emulation was asked for</source>
        <translation>已指定使用软件模拟</translation>
    </message>
    <message>
        <source>qboot.rom is not installed; machines start with SeaBIOS, more slowly</source>
        <translation>未安装 qboot.rom；虚拟机改用较慢的 SeaBIOS 启动</translation>
    </message>
    <message>
        <source>%1; machines are emulated in software (TCG)</source>
        <translation>%1；虚拟机由软件模拟（TCG）</translation>
    </message>
    <message>
        <source>%1 is not installed</source>
        <translation>未安装 %1</translation>
    </message>
    <message>
        <source>there is no user libvirt-qemu</source>
        <translation>没有用户 libvirt-qemu</translation>
    </message>
    <message>
        <source>Make it with: %1</source>
        <translation>请用此命令创建：%1</translation>
    </message>
    <message>
        <source>this machine&apos;s CPU is %1, and guests are x86_64</source>
        <translation>本机的 CPU 是 %1，而客户机是 x86_64</translation>
    </message>
    <message>
        <source>this program runs on gVisor, which shows no KVM</source>
        <translation>本程序运行在 gVisor 上，它不提供 KVM</translation>
    </message>
    <message>
        <source>Run Isolab outside of that sandbox</source>
        <translation>请在该沙箱之外运行 Isolab</translation>
    </message>
    <message>
        <source>WSL shows a CPU with neither vmx nor svm</source>
        <translation>WSL 呈现的 CPU 既没有 vmx 也没有 svm</translation>
    </message>
    <message>
        <source>Set nestedVirtualization=true in .wslconfig, and restart WSL</source>
        <translation>请在 .wslconfig 中设置 nestedVirtualization=true，然后重启 WSL</translation>
    </message>
    <message>
        <source>%1 shows neither vmx nor svm</source>
        <translation>%1既没有 vmx 也没有 svm</translation>
    </message>
    <message>
        <source>Switch nested virtualisation on in the machine around this one: %1</source>
        <translation>请在外层机器上打开嵌套虚拟化：%1</translation>
    </message>
    <message>
        <source>Switch nested virtualisation on in the machine around this one</source>
        <translation>请在外层机器上打开嵌套虚拟化</translation>
    </message>
    <message>
        <source>the CPU of this virtual machine (%1)</source>
        <translation>这台虚拟机（%1）的 CPU </translation>
    </message>
    <message>
        <source>the CPU of this virtual machine</source>
        <translation>这台虚拟机的 CPU </translation>
    </message>
    <message>
        <source>the CPU shows neither vmx nor svm: it is switched off in the firmware, or it has neither</source>
        <translation>CPU 既没有 vmx 也没有 svm：可能在固件中被关闭，或者根本不具备</translation>
    </message>
    <message>
        <source>Switch %1 on in the firmware&apos;s setup</source>
        <translation>请在固件设置中打开 %1</translation>
    </message>
    <message>
        <source>the host&apos;s kernel module %1 is not loaded</source>
        <translation>主机的内核模块 %1 没有加载</translation>
    </message>
    <message>
        <source>Load it on the host: %1</source>
        <translation>请在主机上加载它：%1</translation>
    </message>
    <message>
        <source>the kernel %1 has no module %2</source>
        <translation>内核 %1 没有模块 %2</translation>
    </message>
    <message>
        <source>Start a kernel that has KVM, such as the distribution&apos;s usual one</source>
        <translation>请启动带有 KVM 的内核，例如发行版的常规内核</translation>
    </message>
    <message>
        <source>the kernel module %1 is not loaded</source>
        <translation>内核模块 %1 没有加载</translation>
    </message>
    <message>
        <source>Load it: %1</source>
        <translation>请加载它：%1</translation>
    </message>
    <message>
        <source>root of this container may not open /dev/kvm</source>
        <translation>这个容器的 root 不能打开 /dev/kvm</translation>
    </message>
    <message>
        <source>Allow the device when the container is started: %1</source>
        <translation>请在启动容器时允许此设备：%1</translation>
    </message>
    <message>
        <source>this user may not open /dev/kvm, which is the group %1&apos;s</source>
        <translation>此用户不能打开 /dev/kvm，它属于组 %1</translation>
    </message>
    <message>
        <source>this user may not open /dev/kvm</source>
        <translation>此用户不能打开 /dev/kvm</translation>
    </message>
    <message>
        <source>The user is in that group since this session began: log in again</source>
        <translation>此用户是在本次登录之后才加入该组的：请重新登录</translation>
    </message>
    <message>
        <source>Add the user to it: %1; log in again</source>
        <translation>请把用户加入该组：%1；然后重新登录</translation>
    </message>
    <message>
        <source>/dev/kvm does not exist in this container</source>
        <translation>这个容器中没有 /dev/kvm</translation>
    </message>
    <message>
        <source>Show it when the container is started: %1</source>
        <translation>请在启动容器时提供它：%1</translation>
    </message>
    <message>
        <source>/dev/kvm does not exist, though the module is loaded</source>
        <translation>模块已加载，但没有 /dev/kvm</translation>
    </message>
    <message>
        <source>Make it: %1</source>
        <translation>请创建它：%1</translation>
    </message>
    <message>
        <source>/dev/kvm does not open: %1</source>
        <translation>/dev/kvm 打不开：%1</translation>
    </message>
    <message>
        <source>See what the kernel says: dmesg</source>
        <translation>请查看内核的消息：dmesg</translation>
    </message>
    <message>
        <source>libvirt does not offer KVM for this QEMU</source>
        <translation>libvirt 没有为这个 QEMU 提供 KVM</translation>
    </message>
    <message>
        <source>Install QEMU with KVM support</source>
        <translation>请安装支持 KVM 的 QEMU</translation>
    </message>
    <message>
        <source>another hypervisor, of the module %1, has the CPU&apos;s virtualisation</source>
        <translation>另一个虚拟机管理程序（模块 %1）占用了 CPU 的虚拟化功能</translation>
    </message>
    <message>
        <source>another hypervisor has the CPU&apos;s virtualisation</source>
        <translation>另一个虚拟机管理程序占用了 CPU 的虚拟化功能</translation>
    </message>
    <message>
        <source>End its machines, or unload it: %1</source>
        <translation>请结束它的虚拟机，或卸载它：%1</translation>
    </message>
    <message>
        <source>End its machines</source>
        <translation>请结束它的虚拟机</translation>
    </message>
    <message>
        <source>%1 is a paravirtual one, without the CPU&apos;s help, and does not run guests properly: %2</source>
        <translation>%1是半虚拟化的，没有 CPU 的支持，不能正常运行客户机：%2</translation>
    </message>
    <message>
        <source>the KVM of this virtual machine (%1)</source>
        <translation>这台虚拟机（%1）的 KVM </translation>
    </message>
    <message>
        <source>the KVM of this virtual machine</source>
        <translation>这台虚拟机的 KVM </translation>
    </message>
    <message>
        <source>the nested KVM of this virtual machine (%1)</source>
        <translation>这台虚拟机（%1）的嵌套 KVM </translation>
    </message>
    <message>
        <source>the nested KVM of this virtual machine</source>
        <translation>这台虚拟机的嵌套 KVM </translation>
    </message>
    <message>
        <source>%1 does not run guests properly: %2</source>
        <translation>%1不能正常运行客户机：%2</translation>
    </message>
    <message>
        <source>it was not tried</source>
        <translation>没有尝试过</translation>
    </message>
    <message>
        <source>it opens and makes machines, but gives up on their instructions: %1</source>
        <translation>它能打开并创建虚拟机，但执行不了虚拟机的指令：%1</translation>
    </message>
    <message>
        <source>it opens and makes machines, but they hang: %1</source>
        <translation>它能打开并创建虚拟机，但虚拟机会卡住：%1</translation>
    </message>
    <message>
        <source>it opens and makes machines, but emulates them slowly: %1</source>
        <translation>它能打开并创建虚拟机，但模拟得很慢：%1</translation>
    </message>
    <message>
        <source>it opens, but makes no machine: %1</source>
        <translation>它能打开，但创建不了虚拟机：%1</translation>
    </message>
    <message>
        <source>a loop that takes hardware 0.2 ms took %1, then KVM stopped at an ordinary instruction (exit %2)</source>
        <translation>硬件只需 0.2 ms 的循环用了 %1，随后 KVM 停在一条普通指令上（exit %2）</translation>
    </message>
    <message>
        <source>a loop that takes hardware 0.2 ms took %1</source>
        <translation>硬件只需 0.2 ms 的循环用了 %1</translation>
    </message>
    <message>
        <source>the first loop did not end, then KVM stopped at an ordinary instruction (exit %1)</source>
        <translation>第一个循环没有结束，随后 KVM 停在一条普通指令上（exit %1）</translation>
    </message>
    <message>
        <source>the first loop did not end</source>
        <translation>第一个循环没有结束</translation>
    </message>
    <message>
        <source>Use a real machine, or a virtual one whose CPU shows vmx or svm</source>
        <translation>请使用物理机，或 CPU 带有 vmx 或 svm 的虚拟机</translation>
    </message>
    <message>
        <source>Use a real machine, or a virtual one whose nested virtualisation works</source>
        <translation>请使用物理机，或嵌套虚拟化可用的虚拟机</translation>
    </message>
    <message>
        <source>Install the package %1</source>
        <translation>请安装软件包 %1</translation>
    </message>
    <message>
        <source>Install %1</source>
        <translation>请安装 %1</translation>
    </message>
    <message>
        <source>. </source>
        <comment>between two sentences</comment>
        <translation>。</translation>
    </message>
</context>
<context>
    <name>Options</name>
    <message>
        <source>One workload in a container and in a virtual machine, side by side</source>
        <translation>同一个负载，容器与虚拟机并排对比</translation>
    </message>
    <message>
        <source>Data folder</source>
        <translation>数据文件夹</translation>
    </message>
    <message>
        <source>Workload or image to choose</source>
        <translation>要选择的负载或镜像</translation>
    </message>
    <message>
        <source>Measured runs of each side</source>
        <translation>每一边测量的次数</translation>
    </message>
    <message>
        <source>light, dark or system</source>
        <translation>light、dark 或 system</translation>
    </message>
    <message>
        <source>Size of everything in percent</source>
        <translation>整体大小（百分比）</translation>
    </message>
    <message>
        <source>Language, such as zh_CN</source>
        <translation>语言，例如 zh_CN</translation>
    </message>
    <message>
        <source>Run once, save pictures of the idle, running and finished window, and exit</source>
        <translation>运行一次，保存窗口在空闲、运行和完成时的图片，然后退出</translation>
    </message>
    <message>
        <source>libvirt connection; default: QEMU in this process</source>
        <translation>libvirt 连接；默认：本进程内的 QEMU</translation>
    </message>
    <message>
        <source>kvm or tcg; default: KVM where it really works</source>
        <translation>kvm 或 tcg；默认：KVM 真正可用时用 KVM</translation>
    </message>
    <message>
        <source>Guest kernel (bzImage or vmlinux)</source>
        <translation>客户机内核（bzImage 或 vmlinux）</translation>
    </message>
    <message>
        <source>Kind of machine: standard or lean; default: lean</source>
        <translation>虚拟机类型：standard 或 lean；默认：lean</translation>
    </message>
    <message>
        <source>Worlds to choose, with commas between them</source>
        <translation>要选择的世界，用逗号分隔</translation>
    </message>
    <message>
        <source>Start the comparison at once; with --page book the quick book</source>
        <translation>立即开始对比；与 --page book 合用时开始快速实测这本书</translation>
    </message>
    <message>
        <source>Page to show: compare, book, results or system</source>
        <translation>要显示的页面：compare、book、results 或 system</translation>
    </message>
</context>
<context>
    <name>StackWords</name>
    <message>
        <source>workload</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>The workload&apos;s own memory, as the guest&apos;s kernel counts it (AnonPages and Shmem).</source>
        <translation>负载自己的内存，由客户机内核统计（AnonPages 和 Shmem）。</translation>
    </message>
    <message>
        <source>The workload&apos;s own memory (Pss_Anon of its processes, and its shared memory).</source>
        <translation>负载自己的内存（其进程的 Pss_Anon，以及其共享内存）。</translation>
    </message>
    <message>
        <source>files of the image</source>
        <translation>镜像中的文件</translation>
    </message>
    <message>
        <source>no kernel of its own</source>
        <translation>没有自己的内核</translation>
    </message>
    <message>
        <source>guest kernel</source>
        <translation>客户机内核</translation>
    </message>
    <message>
        <source>guest kernel %1</source>
        <translation>客户机内核 %1</translation>
    </message>
    <message>
        <source>A container calls the host&apos;s kernel directly. There is nothing to boot and nothing to pay.</source>
        <translation>容器直接调用主机内核。没有要启动的东西，也没有额外开销。</translation>
    </message>
    <message>
        <source>engine: monitor process</source>
        <translation>引擎：监视进程</translation>
    </message>
    <message>
        <source>%1, virtual hardware</source>
        <translation>%1，虚拟硬件</translation>
    </message>
    <message>
        <source>host kernel</source>
        <translation>主机内核</translation>
    </message>
    <message>
        <source>host kernel %1</source>
        <translation>主机内核 %1</translation>
    </message>
    <message>
        <source>shared · %1 charged</source>
        <translation>共享 · 计入 %1</translation>
    </message>
    <message>
        <source>shared with the host</source>
        <translation>与主机共享</translation>
    </message>
    <message>
        <source>hardware</source>
        <translation>硬件</translation>
    </message>
    <message>
        <source>%1 CPUs</source>
        <translation>%1 个 CPU</translation>
    </message>
    <message>
        <source>%1 CPUs · %2</source>
        <translation>%1 个 CPU · %2</translation>
    </message>
    <message>
        <source>It runs %1.</source>
        <translation>运行的是 %1。</translation>
    </message>
    <message>
        <source>Files that the guest has read, cached in its own memory; a second machine caches them again.</source>
        <translation>客户机读过的文件，缓存在它自己的内存里；第二台虚拟机会再缓存一份。</translation>
    </message>
    <message>
        <source>Programs and libraries mapped from the image; containers of one image share these pages.</source>
        <translation>从镜像映射的程序和库；同一镜像的容器共享这些页面。</translation>
    </message>
    <message>
        <source>The image is %1.</source>
        <translation>镜像为 %1。</translation>
    </message>
    <message>
        <source>The machine boots its own kernel, and every machine pays for what it needs for itself.</source>
        <translation>虚拟机启动自己的内核；内核自身的开销，每台虚拟机都要付一次。</translation>
    </message>
    <message>
        <source>Its release is %1.</source>
        <translation>版本为 %1。</translation>
    </message>
    <message>
        <source>isolab-runtime watches the container; namespaces, control group and filter live in the kernel.</source>
        <translation>isolab-runtime 监视容器；命名空间、控制组和过滤器都在内核里。</translation>
    </message>
    <message>
        <source>Its limits are kept by %1.</source>
        <translation>资源上限由 %1 保证。</translation>
    </message>
    <message>
        <source>The program that plays the hardware; with software emulation it also keeps translated code.</source>
        <translation>扮演硬件的程序；软件模拟时还要保存翻译后的代码。</translation>
    </message>
    <message>
        <source>The program that plays the hardware.</source>
        <translation>扮演硬件的程序。</translation>
    </message>
    <message>
        <source>The machine is of type %1.</source>
        <translation>机器类型为 %1。</translation>
    </message>
    <message>
        <source>Runs the machine&apos;s process like any other; the guest does not see it.</source>
        <translation>像运行其他进程一样运行虚拟机进程；客户机看不到它。</translation>
    </message>
    <message>
        <source>Serves the container&apos;s system calls; memory that it keeps for the container is charged to it.</source>
        <translation>处理容器的系统调用；为容器保留的内存记在容器名下。</translation>
    </message>
    <message>
        <source>It has %1.</source>
        <translation>它有 %1。</translation>
    </message>
    <message>
        <source>%1, firmware %2</source>
        <translation>%1，固件 %2</translation>
    </message>
    <message>
        <source>The process calls the host&apos;s kernel directly. There is nothing to boot and nothing to pay.</source>
        <translation>进程直接调用主机内核。没有要启动的东西，也没有额外开销。</translation>
    </message>
    <message>
        <source>isolab-runtime watches a process of the host like any other, in the image&apos;s root folder: it sees all other processes, networks and devices.</source>
        <translation>isolab-runtime 监视一个普通的主机进程，它以镜像为根目录：能看到其他所有进程、网络和设备。</translation>
    </message>
    <message>
        <source>%1 made the container and has ended; isolab-runtime watches it. Namespaces, control group and filter live in the kernel.</source>
        <translation>%1 建立容器后已经结束；由 isolab-runtime 监视它。命名空间、控制组和过滤器都在内核里。</translation>
    </message>
    <message>
        <source>no isolation: monitor process</source>
        <translation>没有隔离：监视进程</translation>
    </message>
    <message>
        <source>%1: monitor process</source>
        <translation>%1：监视进程</translation>
    </message>
    <message>
        <source>Serves the system calls of the process, as it does those of every other.</source>
        <translation>处理该进程的系统调用，与其他进程一样。</translation>
    </message>
    <message>
        <source>The same machine under all worlds.</source>
        <translation>所有世界之下都是同一台机器。</translation>
    </message>
</context>
<context>
    <name>StatusText</name>
    <message>
        <source>processor of the machine</source>
        <translation>虚拟机的处理器</translation>
    </message>
    <message>
        <source>hardware virtualisation (KVM)</source>
        <translation>硬件虚拟化（KVM）</translation>
    </message>
    <message>
        <source>software emulation (TCG)</source>
        <translation>软件模拟（TCG）</translation>
    </message>
    <message>
        <source>virtual machines</source>
        <translation>虚拟机</translation>
    </message>
    <message>
        <source>not available</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>control groups</source>
        <translation>控制组</translation>
    </message>
    <message>
        <source>CPU and memory limits are enforced.</source>
        <translation>CPU 和内存限制有效。</translation>
    </message>
    <message>
        <source>privileges</source>
        <translation>权限</translation>
    </message>
    <message>
        <source>rootless</source>
        <translation>rootless（非 root）</translation>
    </message>
    <message>
        <source>root</source>
        <translation>root</translation>
    </message>
    <message>
        <source>Containers run in a user namespace.</source>
        <translation>容器运行在用户命名空间中。</translation>
    </message>
    <message>
        <source>Containers are made with the privileges of root.</source>
        <translation>容器以 root 权限创建。</translation>
    </message>
    <message>
        <source>layers</source>
        <translation>层</translation>
    </message>
    <message>
        <source>host kernel</source>
        <translation>主机内核</translation>
    </message>
    <message>
        <source>guest kernel</source>
        <translation>客户机内核</translation>
    </message>
    <message>
        <source>machine type</source>
        <translation>机器类型</translation>
    </message>
    <message>
        <source>hypervisor</source>
        <translation>虚拟机管理程序</translation>
    </message>
    <message>
        <source>Virtual machines are not available here</source>
        <translation>这里无法使用虚拟机</translation>
    </message>
    <message>
        <source>Only the container side can run.</source>
        <translation>只能运行容器一边。</translation>
    </message>
    <message>
        <source>Software emulation (TCG)</source>
        <translation>软件模拟（TCG）</translation>
    </message>
    <message>
        <source>The machine&apos;s processor is emulated, so every number of that side is much worse than with hardware virtualisation.</source>
        <translation>虚拟机的处理器由软件模拟，因此这一边的每个数字都比硬件虚拟化差得多。</translation>
    </message>
    <message>
        <source>no virtual machines</source>
        <translation>无虚拟机</translation>
    </message>
    <message>
        <source>cgroup %1</source>
        <translation>cgroup %1</translation>
    </message>
    <message>
        <source>Limits are not enforced</source>
        <translation>资源上限未强制执行</translation>
    </message>
    <message>
        <source>The container may use more memory and processors than the machine gets.</source>
        <translation>容器可能用到比虚拟机更多的内存和处理器。</translation>
    </message>
    <message>
        <source>left by an interrupted session</source>
        <translation>被中断的会话所遗留</translation>
    </message>
    <message>
        <source>not removed</source>
        <translation>未能清除</translation>
    </message>
    <message>
        <source>lean: the least that runs a workload</source>
        <translation>lean：能运行工作负载的最小虚拟机</translation>
    </message>
    <message>
        <source>standard: what a careful user of libvirt gets</source>
        <translation>standard：谨慎的 libvirt 用户会得到的虚拟机</translation>
    </message>
</context>
<context>
    <name>Words</name>
    <message>
        <source>prepare</source>
        <translation>准备</translation>
    </message>
    <message>
        <source>create</source>
        <translation>创建</translation>
    </message>
    <message>
        <source>firmware</source>
        <translation>固件</translation>
    </message>
    <message>
        <source>kernel</source>
        <translation>内核</translation>
    </message>
    <message>
        <source>setup</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>exec</source>
        <translation>执行</translation>
    </message>
    <message>
        <source>ready</source>
        <translation>就绪</translation>
    </message>
    <message>
        <source>stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>A writable disk layer and the description of the machine are made.</source>
        <translation>制作可写磁盘层和虚拟机描述。</translation>
    </message>
    <message>
        <source>A writable layer over the image and the plan of its mounts are made.</source>
        <translation>在镜像之上制作可写层，并规划挂载。</translation>
    </message>
    <message>
        <source>libvirt defines the machine and QEMU starts.</source>
        <translation>libvirt 定义虚拟机，QEMU 启动。</translation>
    </message>
    <message>
        <source>The control group is made and the launcher starts.</source>
        <translation>建立控制组，启动器开始运行。</translation>
    </message>
    <message>
        <source>The virtual CPU runs the firmware until the guest&apos;s kernel begins.</source>
        <translation>虚拟 CPU 运行固件，直到客户机内核开始。</translation>
    </message>
    <message>
        <source>A container has no firmware.</source>
        <translation>容器没有固件。</translation>
    </message>
    <message>
        <source>The guest&apos;s own kernel boots until its first process runs.</source>
        <translation>客户机自己的内核启动，直到第一个进程运行。</translation>
    </message>
    <message>
        <source>A container uses the host&apos;s kernel, which runs already.</source>
        <translation>容器使用主机内核，它早已在运行。</translation>
    </message>
    <message>
        <source>The guest loads modules, mounts its disk and sets up its network.</source>
        <translation>客户机加载模块、挂载磁盘并设置网络。</translation>
    </message>
    <message>
        <source>Namespaces, mounts, capabilities and the system call filter are set up.</source>
        <translation>设置命名空间、挂载、权能和系统调用过滤器。</translation>
    </message>
    <message>
        <source>The workload&apos;s program is executed.</source>
        <translation>执行负载的程序。</translation>
    </message>
    <message>
        <source>The workload works until its readiness condition holds.</source>
        <translation>负载运行，直到满足就绪条件。</translation>
    </message>
    <message>
        <source>From the end of the workload until nothing of the instance is left.</source>
        <translation>从负载结束到实例不留任何痕迹。</translation>
    </message>
    <message>
        <source>not run yet</source>
        <translation>尚未运行</translation>
    </message>
    <message>
        <source>waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>deploying</source>
        <translation>部署中</translation>
    </message>
    <message>
        <source>starting</source>
        <translation>启动中</translation>
    </message>
    <message>
        <source>done</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>found</source>
        <translation>具备</translation>
    </message>
    <message>
        <source>missing</source>
        <translation>缺失</translation>
    </message>
    <message>
        <source>unusable</source>
        <translation>不可用</translation>
    </message>
    <message>
        <source>deploying: %1</source>
        <translation>部署：%1</translation>
    </message>
    <message>
        <source>deploying: %1, %2 %</source>
        <translation>部署：%1，%2%</translation>
    </message>
    <message>
        <source>preparing</source>
        <translation>准备中</translation>
    </message>
    <message>
        <source>warm-up</source>
        <translation>预热</translation>
    </message>
    <message>
        <source>run %1 of %2</source>
        <translation>第 %1 次，共 %2 次</translation>
    </message>
    <message>
        <source>%1 · TCG</source>
        <translation>%1 · TCG</translation>
    </message>
    <message>
        <source>%1: %2</source>
        <translation>%1：%2</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <comment>two sentences</comment>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>copying the image&apos;s files</source>
        <translation>复制镜像中的文件</translation>
    </message>
    <message>
        <source>building the machine&apos;s disk</source>
        <translation>建立虚拟机磁盘</translation>
    </message>
    <message>
        <source>unpacking the image</source>
        <translation>解包镜像</translation>
    </message>
    <message>
        <source>importing the image</source>
        <translation>导入镜像</translation>
    </message>
    <message>
        <source>preparing the image</source>
        <translation>准备镜像</translation>
    </message>
    <message>
        <source>%1 · a race · %2</source>
        <translation>%1 · 竞速 · %2</translation>
    </message>
    <message>
        <source>%1 · %2 runs per side · %3</source>
        <translation>%1 · 每边 %2 次 · %3</translation>
    </message>
    <message>
        <source>The launcher starts.</source>
        <translation>启动器开始运行。</translation>
    </message>
    <message>
        <source>The image&apos;s files become the root folder of the process.</source>
        <translation>镜像中的文件成为该进程的根目录。</translation>
    </message>
    <message>
        <source>race · all at the same moment</source>
        <translation>竞速 · 同时启动</translation>
    </message>
    <message>
        <source>en</source>
        <comment>the code of this language</comment>
        <translation>zh</translation>
    </message>
</context>
<context>
    <name>isolab::BookHead</name>
    <message>
        <source>The data folder is being opened</source>
        <translation>正在打开数据文件夹</translation>
    </message>
    <message>
        <source>The data folder cannot be opened</source>
        <translation>数据文件夹无法打开</translation>
    </message>
    <message>
        <source>The saved results are being read</source>
        <translation>正在读取已保存的结果</translation>
    </message>
    <message>
        <source>The book is being measured: only one thing at a time</source>
        <translation>正在实测这本书：一次只测一项</translation>
    </message>
    <message>
        <source>The experiments could not be read</source>
        <translation>无法读取实验</translation>
    </message>
    <message>
        <source>Something else is being measured: only one at a time</source>
        <translation>正在测量别的内容：一次只测一项</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Measure the book</source>
        <translation>实测全书</translation>
    </message>
    <message>
        <source>Quick</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Full</source>
        <translation>完整</translation>
    </message>
    <message>
        <source>The book, measured</source>
        <translation>实测这本书</translation>
    </message>
    <message>
        <source>All rows, one after the other: %1</source>
        <translation>逐行测量全部内容：%1</translation>
    </message>
    <message>
        <source>All rows, one after the other</source>
        <translation>逐行测量全部内容</translation>
    </message>
    <message>
        <source>Ends the present run cleanly; what was measured is kept</source>
        <translation>妥善结束当前运行；已测得的数据会保留</translation>
    </message>
    <message>
        <source>It is being stopped already</source>
        <translation>已经在停止</translation>
    </message>
    <message>
        <source>The book is not being measured</source>
        <translation>现在没有在实测这本书</translation>
    </message>
    <message>
        <source>All measured rows as a file</source>
        <translation>把所有测得的行存为文件</translation>
    </message>
    <message>
        <source>Nothing was measured yet</source>
        <translation>还没有测得任何内容</translation>
    </message>
    <message>
        <source>Few repetitions and short deadlines: for a first look</source>
        <translation>重复次数少、时限短：供初步了解</translation>
    </message>
    <message>
        <source>As many repetitions as narrow intervals need; takes hours</source>
        <translation>重复到区间足够窄为止；需要数小时</translation>
    </message>
    <message>
        <source>%1 of %2 rows measured</source>
        <translation>已测得 %1 行，共 %2 行</translation>
    </message>
    <message>
        <source>stopped: what was measured is kept</source>
        <translation>已停止：测得的数据已保留</translation>
    </message>
    <message>
        <source>all of it takes %1</source>
        <translation>全部测完需%1</translation>
    </message>
    <message>
        <source>Opening the data folder…</source>
        <translation>正在打开数据文件夹…</translation>
    </message>
    <message>
        <source>Reading the saved results…</source>
        <translation>正在读取已保存的结果…</translation>
    </message>
</context>
<context>
    <name>isolab::BookList</name>
    <message>
        <source>book: %1</source>
        <translation>书上：%1</translation>
    </message>
    <message>
        <source>not measured yet</source>
        <translation>尚未测量</translation>
    </message>
    <message>
        <source>stopped half-way: %1</source>
        <translation>中途停止：%1</translation>
    </message>
    <message>
        <source>What the book says, and what was measured</source>
        <translation>书上的说法与测得的结果</translation>
    </message>
</context>
<context>
    <name>isolab::BookPage</name>
    <message>
        <source>Measure this row</source>
        <translation>测量这一行</translation>
    </message>
    <message>
        <source>The book says · measured here</source>
        <translation>书上说 · 这里测得</translation>
    </message>
    <message>
        <source>The chosen row</source>
        <translation>所选的行</translation>
    </message>
    <message>
        <source>Reading the book&apos;s rows and what was measured of them…</source>
        <translation>正在读取书中各行及其测量结果…</translation>
    </message>
    <message>
        <source>The book&apos;s rows could not be read.</source>
        <translation>无法读取书中各行。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>No row is chosen</source>
        <translation>没有选择任何行</translation>
    </message>
    <message>
        <source>This row alone: %1</source>
        <translation>仅这一行：%1</translation>
    </message>
    <message>
        <source>This row alone</source>
        <translation>仅这一行</translation>
    </message>
    <message>
        <source>Stopped half-way: this is what was measured by then.</source>
        <translation>中途停止：这是到那时为止测得的内容。</translation>
    </message>
    <message>
        <source>Measured otherwise than by the quick plan: with more repetitions, or by another version.</source>
        <translation>测量方式与快速方案不同：重复次数更多，或由其他版本测得。</translation>
    </message>
    <message>
        <source>Measured otherwise than by the full plan: for a first look, or by another version.</source>
        <translation>测量方式与完整方案不同：仅供初步了解，或由其他版本测得。</translation>
    </message>
    <message>
        <source>Not measured yet.</source>
        <translation>尚未测量。</translation>
    </message>
    <message>
        <source>Export the book</source>
        <translation>导出这本书的结果</translation>
    </message>
    <message>
        <source>Exported to %1</source>
        <translation>已导出到 %1</translation>
    </message>
</context>
<context>
    <name>isolab::BookTable</name>
    <message>
        <source>machine / container, by the book</source>
        <translation>书上：虚拟机 / 容器</translation>
    </message>
    <message>
        <source>machine : container</source>
        <translation>虚拟机 : 容器</translation>
    </message>
    <message>
        <source>By the book (machine / container): %1</source>
        <translation>书上的说法（虚拟机 / 容器）：%1</translation>
    </message>
</context>
<context>
    <name>isolab::CheckModel</name>
    <message>
        <source>%1 (optional)</source>
        <translation>%1（可选）</translation>
    </message>
    <message>
        <source>state</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>prerequisite</source>
        <translation>先决条件</translation>
    </message>
    <message>
        <source>what was found, what to do</source>
        <translation>检查结果与处理办法</translation>
    </message>
</context>
<context>
    <name>isolab::CompareControls</name>
    <message>
        <source>Measure</source>
        <translation>测量</translation>
    </message>
    <message>
        <source>Race</source>
        <translation>竞速</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Workload</source>
        <translation>负载</translation>
    </message>
    <message>
        <source>CPUs</source>
        <translation>CPU 数</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>Runs</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>Ends the present run cleanly; what was measured is kept</source>
        <translation>妥善结束当前运行；已测得的数据会保留</translation>
    </message>
    <message>
        <source>Nothing runs</source>
        <translation>没有正在运行的任务</translation>
    </message>
    <message>
        <source>%1 (from history)</source>
        <translation>%1（来自历史）</translation>
    </message>
    <message>
        <source>Import an image named %1 first.</source>
        <translation>请先导入名为 %1 的镜像。</translation>
    </message>
    <message>
        <source>CPUs that the workload may use, the same in all worlds</source>
        <translation>负载可用的 CPU 数，所有世界相同</translation>
    </message>
    <message>
        <source>Memory that the workload may use, the same in all worlds</source>
        <translation>负载可用的内存，所有世界相同</translation>
    </message>
    <message>
        <source>Measured runs in each world; one warm-up comes before them</source>
        <translation>每个世界的测量次数；之前有一次预热</translation>
    </message>
    <message>
        <source>The worlds take turns, so that they do not disturb each other</source>
        <translation>各个世界轮流运行，互不干扰</translation>
    </message>
    <message>
        <source>All start at the same moment: for the eye, never pooled with measured runs</source>
        <translation>同时启动：只供观看，从不与测量的运行合并</translation>
    </message>
</context>
<context>
    <name>isolab::ComparePage</name>
    <message>
        <source>a race: for the eye, never pooled</source>
        <translation>竞速：只供观看，绝不合并</translation>
    </message>
    <message>
        <source>Export report…</source>
        <translation>导出报告…</translation>
    </message>
    <message>
        <source>Replay</source>
        <translation>重放</translation>
    </message>
    <message>
        <source>The book says · measured here</source>
        <translation>书上说 · 这里测得</translation>
    </message>
    <message>
        <source>Fairness contract, row by row</source>
        <translation>公平约定明细</translation>
    </message>
    <message>
        <source>Start-up, phase by phase</source>
        <translation>启动过程（逐阶段）</translation>
    </message>
    <message>
        <source>logarithmic</source>
        <translation>对数</translation>
    </message>
    <message>
        <source>linear</source>
        <translation>线性</translation>
    </message>
    <message>
        <source>Memory over time</source>
        <translation>内存随时间变化</translation>
    </message>
    <message>
        <source>host cost (PSS)</source>
        <translation>主机开销（PSS）</translation>
    </message>
    <message>
        <source>Fairness contract</source>
        <translation>公平约定</translation>
    </message>
    <message>
        <source>%1 unique · %2 shared</source>
        <translation>独占 %1 · 共享 %2</translation>
    </message>
    <message>
        <source>The window is closing</source>
        <translation>窗口正在关闭</translation>
    </message>
    <message>
        <source>The data folder is being opened</source>
        <translation>正在打开数据文件夹</translation>
    </message>
    <message>
        <source>The data folder could not be opened</source>
        <translation>无法打开数据文件夹</translation>
    </message>
    <message>
        <source>A comparison runs; stop it first</source>
        <translation>正在进行对比；请先停止</translation>
    </message>
    <message>
        <source>The present run is being ended</source>
        <translation>正在结束当前运行</translation>
    </message>
    <message>
        <source>The catalogue has no workloads</source>
        <translation>目录中没有负载</translation>
    </message>
    <message>
        <source>Why, and what to do</source>
        <translation>原因与对策</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Ended before all runs were done. What was measured is shown and saved.</source>
        <translation>未完成全部运行便已结束。已测得的数据在此显示并已保存。</translation>
    </message>
    <message>
        <source>There is no finished result yet</source>
        <translation>还没有完成的结果</translation>
    </message>
    <message>
        <source>The whole result with every run, as JSON</source>
        <translation>包含每次运行的完整结果（JSON）</translation>
    </message>
    <message>
        <source>same: %1</source>
        <translation>相同：%1</translation>
    </message>
    <message>
        <source>differs: %1</source>
        <translation>不同：%1</translation>
    </message>
    <message>
        <source>Opening the data folder…</source>
        <translation>正在打开数据文件夹…</translation>
    </message>
    <message>
        <source>Stopping: the present run is being ended…</source>
        <translation>正在停止：正在结束当前运行…</translation>
    </message>
    <message>
        <source>Export report</source>
        <translation>导出报告</translation>
    </message>
    <message>
        <source>Comparison (*.json)</source>
        <translation>对比报告 (*.json)</translation>
    </message>
    <message>
        <source>%1 (%2 runs failed)</source>
        <translation>%1（%2 次运行失败）</translation>
    </message>
    <message>
        <source>Copy report</source>
        <translation>复制报告</translation>
    </message>
    <message>
        <source>All figures</source>
        <translation>全部数据</translation>
    </message>
    <message>
        <source>medians of the measured runs</source>
        <translation>测量运行的中位数</translation>
    </message>
    <message>
        <source>Disk, CPU and first deployment</source>
        <translation>磁盘、CPU 与首次部署</translation>
    </message>
    <message>
        <source>Disk allocated, unique and shared (hatched); medians</source>
        <translation>已分配磁盘：独占与共享（斜线）；中位数</translation>
    </message>
    <message>
        <source>CPU time used until ready; medians</source>
        <translation>就绪前所用 CPU 时间；中位数</translation>
    </message>
    <message>
        <source>First deployment, once per image</source>
        <translation>首次部署（每个镜像一次）</translation>
    </message>
    <message>
        <source>The whole result as a table of plain text</source>
        <translation>完整结果的纯文本表格</translation>
    </message>
    <message>
        <source>the present run</source>
        <translation>当前运行</translation>
    </message>
    <message>
        <source>the run nearest to the median</source>
        <translation>最接近中位数的一次</translation>
    </message>
    <message>
        <source>%1 · one run</source>
        <translation>%1 · 单次运行</translation>
    </message>
    <message>
        <source>Proportional set size of all processes of the instance, plus the kernel memory charged to it.</source>
        <translation>该实例全部进程的按比例占用（PSS），加上记在其名下的内核内存。</translation>
    </message>
    <message>
        <source>Replay: lets the bars grow again, slowed to five seconds</source>
        <translation>重播：放慢到五秒，重新播放启动过程</translation>
    </message>
    <message>
        <source>Replay: there is nothing to replay yet</source>
        <translation>重播：还没有可重播的内容</translation>
    </message>
    <message>
        <source>Replay: this desktop asks for no motion</source>
        <translation>重播：桌面要求不使用动画</translation>
    </message>
    <message>
        <source>Exported to %1</source>
        <translation>已导出到 %1</translation>
    </message>
    <message>
        <source>The book is being measured; stop that first</source>
        <translation>正在测量书中的各行；请先停止</translation>
    </message>
    <message>
        <source>Image, command, CPUs, memory and readiness are the same in all worlds. What cannot be the same is listed here.</source>
        <translation>镜像、命令、CPU、内存和就绪条件在所有世界都相同。无法相同的列在这里。</translation>
    </message>
    <message>
        <source>Bars are of one run in each world, the one nearest to its median; dots are all runs, the band is the interval.</source>
        <translation>条形来自每个世界的一次运行，即最接近其中位数的那次；圆点是所有运行，色带是区间。</translation>
    </message>
    <message>
        <source>Of one run in each world: %1.</source>
        <translation>来自每个世界的一次运行：%1。</translation>
    </message>
</context>
<context>
    <name>isolab::ContractModel</name>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>condition</source>
        <translation>条件</translation>
    </message>
    <message>
        <source>%1 %2</source>
        <translation>%1 %2</translation>
    </message>
    <message>
        <source>%1 conditions</source>
        <translation>%1 项条件</translation>
    </message>
    <message>
        <source>and %1 more</source>
        <translation>另有 %1 项</translation>
    </message>
    <message>
        <source>%1 (%2)</source>
        <translation>%1（%2）</translation>
    </message>
</context>
<context>
    <name>isolab::MainWindow</name>
    <message>
        <source>Compare</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>&amp;Export report…</source>
        <translation>导出报告(&amp;E)…</translation>
    </message>
    <message>
        <source>&amp;Quit</source>
        <translation>退出(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Size</source>
        <translation>大小(&amp;S)</translation>
    </message>
    <message>
        <source>&amp;About Isolab</source>
        <translation>关于 Isolab(&amp;A)</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>%1 %</source>
        <translation>%1 %</translation>
    </message>
    <message>
        <source>%1 %, for a projector</source>
        <translation>%1 %，适合投影</translation>
    </message>
    <message>
        <source>Isolab – stopping…</source>
        <translation>Isolab – 正在停止…</translation>
    </message>
    <message>
        <source>Isolab – running</source>
        <translation>Isolab – 运行中</translation>
    </message>
    <message>
        <source>Isolab</source>
        <translation>Isolab</translation>
    </message>
    <message>
        <source>About Isolab</source>
        <translation>关于 Isolab</translation>
    </message>
    <message>
        <source>&lt;h3&gt;Isolab %1&lt;/h3&gt;&lt;p&gt;One workload in a container and in a virtual machine, measured side by side.&lt;/p&gt;&lt;p&gt;Free software under the GNU General Public License, version 3 or later.&lt;/p&gt;</source>
        <translation>&lt;h3&gt;Isolab %1&lt;/h3&gt;&lt;p&gt;同一个负载，分别在容器和虚拟机中运行，并排测量。&lt;/p&gt;&lt;p&gt;自由软件，遵循 GNU 通用公共许可证第 3 版或更高版本。&lt;/p&gt;</translation>
    </message>
    <message>
        <source>&amp;Copy report</source>
        <translation>复制报告(&amp;C)</translation>
    </message>
    <message>
        <source>C&amp;olours</source>
        <translation>配色(&amp;O)</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>The book</source>
        <translation>这本书</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
</context>
<context>
    <name>isolab::MemoryPlot</name>
    <message>
        <source>Drawn while a workload runs.
One that ends at once leaves too little time for samples.</source>
        <translation>负载运行时绘制。
立即结束的负载来不及采样。</translation>
    </message>
    <message>
        <source>Memory over time</source>
        <translation>内存随时间变化</translation>
    </message>
</context>
<context>
    <name>isolab::MetricModel</name>
    <message>
        <source>start until ready</source>
        <translation>启动到就绪</translation>
    </message>
    <message>
        <source>CPU time until ready</source>
        <translation>就绪前 CPU 时间</translation>
    </message>
    <message>
        <source>CPU time altogether</source>
        <translation>总 CPU 时间</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>disk, unique</source>
        <translation>磁盘（独占）</translation>
    </message>
    <message>
        <source>disk, shared</source>
        <translation>磁盘（共享）</translation>
    </message>
    <message>
        <source>figure</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>95 % interval</source>
        <translation>95% 区间</translation>
    </message>
    <message>
        <source>ratio</source>
        <translation>比值</translation>
    </message>
    <message>
        <source>Median of %1 runs, 95 % interval %2.</source>
        <translation>%1 次运行的中位数，95% 区间 %2。</translation>
    </message>
    <message>
        <source>%1 times that of %2, 95 % interval %3.</source>
        <translation>是%2的 %1 倍，95% 区间 %3。</translation>
    </message>
</context>
<context>
    <name>isolab::OutputView</name>
    <message>
        <source>Output: %1</source>
        <translation>输出：%1</translation>
    </message>
    <message>
        <source>The workload printed nothing</source>
        <translation>负载没有输出任何内容</translation>
    </message>
    <message>
        <source>What the workload prints appears here</source>
        <translation>负载的输出会显示在这里</translation>
    </message>
</context>
<context>
    <name>isolab::ResultPanel</name>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>导出…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Names, users, serial numbers and folders of this machine are left out of files that are exported</source>
        <translation>导出的文件不含本机的名称、用户、序列号和文件夹</translation>
    </message>
    <message>
        <source>Figure</source>
        <translation>数值</translation>
    </message>
    <message>
        <source>What was measured</source>
        <translation>测得的内容</translation>
    </message>
    <message>
        <source>%1 are chosen; up to %2 fit into one picture.</source>
        <translation>已选择 %1 项；一张图最多容纳 %2 项。</translation>
    </message>
    <message>
        <source>Only comparisons can be laid over each other: experiments and suites have pictures of their own.</source>
        <translation>只有对比可以叠放：实验和套件有各自的图。</translation>
    </message>
    <message>
        <source>Nothing is chosen</source>
        <translation>未选择</translation>
    </message>
    <message>
        <source>%1 results</source>
        <translation>%1 项结果</translation>
    </message>
    <message>
        <source>The page Compare shows comparisons; this is what there is of it</source>
        <translation>“对比”页面只显示对比；这里已是它的全部内容</translation>
    </message>
    <message>
        <source>Show it in the page Compare</source>
        <translation>在“对比”页面中显示</translation>
    </message>
    <message>
        <source>Something is measured: others can be opened when it has ended</source>
        <translation>正在测量：结束后才能打开其他结果</translation>
    </message>
    <message>
        <source>Nothing can be opened while the data folder is not open</source>
        <translation>数据文件夹未打开时无法打开任何结果</translation>
    </message>
    <message>
        <source>Choose a result to see what was measured, or several with Ctrl or Shift to see them in one picture.</source>
        <translation>选择一项结果可查看测得的内容；按住 Ctrl 或 Shift 选择多项，可在一张图中查看。</translation>
    </message>
    <message>
        <source>Reading what was measured…</source>
        <translation>正在读取测得的内容…</translation>
    </message>
    <message>
        <source>Export anonymously</source>
        <translation>匿名导出</translation>
    </message>
</context>
<context>
    <name>isolab::ResultWordsEditor</name>
    <message>
        <source>Tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>Words to find it by, with spaces between them</source>
        <translation>便于查找的词，以空格分隔</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>What should be remembered of it</source>
        <translation>值得记住的事</translation>
    </message>
    <message>
        <source>Not saved: a note has 64 KiB at most, and this one has %1 bytes more.</source>
        <translation>未保存：备注最多 64 KiB，此备注超出 %1 字节。</translation>
    </message>
</context>
<context>
    <name>isolab::ResultsModel</name>
    <message>
        <source>Comparison</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Experiment</source>
        <translation>实验</translation>
    </message>
    <message>
        <source>Suite</source>
        <translation>套件</translation>
    </message>
    <message>
        <source>this machine</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>%1, incomplete</source>
        <translation>%1，不完整</translation>
    </message>
    <message>
        <source>when</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>what</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>runs</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>in short</source>
        <translation>概要</translation>
    </message>
    <message>
        <source>tags</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>from</source>
        <translation>来自</translation>
    </message>
</context>
<context>
    <name>isolab::ResultsPage</name>
    <message>
        <source>Delete the result %1?</source>
        <translation>删除结果 %1？</translation>
    </message>
    <message>
        <source>Delete %1 results?</source>
        <translation>删除 %1 项结果？</translation>
    </message>
    <message>
        <source>All that belongs to it goes with it. This cannot be undone.</source>
        <translation>属于它的一切将一并删除。此操作无法撤销。</translation>
    </message>
    <message>
        <source>Results that belong to it and go with it: %1. This cannot be undone.</source>
        <translation>属于它并将一并删除的结果：%1 项。此操作无法撤销。</translation>
    </message>
    <message>
        <source>This cannot be undone.</source>
        <translation>此操作无法撤销。</translation>
    </message>
    <message>
        <source>Delete results</source>
        <translation>删除结果</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Report with pictures, as HTML (*.html)</source>
        <translation>带图的报告，HTML (*.html)</translation>
    </message>
    <message>
        <source>Report on paper, as PDF (*.pdf)</source>
        <translation>纸面报告，PDF (*.pdf)</translation>
    </message>
    <message>
        <source>All of it, to be imported elsewhere, as JSON (*.json)</source>
        <translation>全部内容，供他处导入，JSON (*.json)</translation>
    </message>
    <message>
        <source>Every figure of every run, as CSV (*.csv)</source>
        <translation>每次运行的每个数值，CSV (*.csv)</translation>
    </message>
    <message>
        <source>Export results</source>
        <translation>导出结果</translation>
    </message>
    <message>
        <source>Import results</source>
        <translation>导入结果</translation>
    </message>
    <message>
        <source>Exported results (*.json);;All files (*)</source>
        <translation>导出的结果 (*.json);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Results deleted: %1</source>
        <translation>已删除的结果：%1</translation>
    </message>
    <message>
        <source>Exported to %1</source>
        <translation>已导出到 %1</translation>
    </message>
    <message>
        <source>Results taken in from %1: %2.</source>
        <translation>从 %1 导入的结果：%2。</translation>
    </message>
    <message>
        <source>Here already: %1.</source>
        <translation>原已存在：%1。</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>导入…</translation>
    </message>
    <message>
        <source>Show more</source>
        <translation>显示更多</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Name, tag, note, machine or id (Ctrl+F)</source>
        <translation>名称、标签、备注、机器或编号（Ctrl+F）</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>筛选</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>所有类别</translation>
    </message>
    <message>
        <source>Comparisons</source>
        <translation>对比</translation>
    </message>
    <message>
        <source>Experiments</source>
        <translation>实验</translation>
    </message>
    <message>
        <source>Suites</source>
        <translation>套件</translation>
    </message>
    <message>
        <source>Tag</source>
        <translation>标签</translation>
    </message>
    <message>
        <source>All tags</source>
        <translation>所有标签</translation>
    </message>
    <message>
        <source>Take in results that were exported, here or on another machine</source>
        <translation>导入在本机或其他机器上导出的结果</translation>
    </message>
    <message>
        <source>Saved results</source>
        <translation>已保存的结果</translation>
    </message>
    <message>
        <source>Reading the saved results…</source>
        <translation>正在读取已保存的结果…</translation>
    </message>
    <message>
        <source>The saved results could not be read.</source>
        <translation>无法读取已保存的结果。</translation>
    </message>
    <message>
        <source>None of the saved results is like that.</source>
        <translation>没有符合条件的结果。</translation>
    </message>
    <message>
        <source>Nothing yet. Every comparison and every experiment is saved here after each run.</source>
        <translation>暂无内容。每次对比和每个实验在每次运行后都会保存到这里。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>the newest %1</source>
        <translation>最新的 %1 项</translation>
    </message>
    <message>
        <source>%1 altogether</source>
        <translation>共 %1 项</translation>
    </message>
</context>
<context>
    <name>isolab::SideCard</name>
    <message>
        <source>from start until ready</source>
        <translation>从启动到就绪</translation>
    </message>
    <message>
        <source>one race · never pooled</source>
        <translation>一次竞速 · 绝不合并</translation>
    </message>
    <message>
        <source>one run · no interval</source>
        <translation>一次运行 · 无区间</translation>
    </message>
    <message>
        <source>memory, peak</source>
        <translation>内存峰值</translation>
    </message>
    <message>
        <source>memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>what the host pays for this instance</source>
        <translation>主机为该实例付出的内存</translation>
    </message>
    <message>
        <source>disk, unique</source>
        <translation>磁盘（独占）</translation>
    </message>
    <message>
        <source>allocated for this instance alone</source>
        <translation>仅为该实例分配</translation>
    </message>
    <message>
        <source>disk, shared</source>
        <translation>磁盘（共享）</translation>
    </message>
    <message>
        <source>allocated once for all instances of the image</source>
        <translation>同一镜像的所有实例只分配一次</translation>
    </message>
    <message>
        <source>CPU to ready</source>
        <translation>就绪所用 CPU</translation>
    </message>
    <message>
        <source>processor time that all its processes used until it was ready</source>
        <translation>就绪之前其全部进程所用的处理器时间</translation>
    </message>
    <message>
        <source>Measured under software emulation (TCG); never pooled with hardware virtualisation.</source>
        <translation>在软件模拟（TCG）下测得；绝不与硬件虚拟化的结果合并。</translation>
    </message>
    <message>
        <source>median of %1
95 % %2</source>
        <translation>%1 次的中位数
95% %2</translation>
    </message>
    <message>
        <source>Median of %1 runs, 95 % interval %2.</source>
        <translation>%1 次运行的中位数，95% 区间 %2。</translation>
    </message>
    <message>
        <source>One run, no interval.</source>
        <translation>一次运行，没有区间。</translation>
    </message>
    <message>
        <source>done · answers</source>
        <translation>完成 · 应答正确</translation>
    </message>
    <message>
        <source>When it was ready it was asked, and answered as expected in %1 of %2 runs.</source>
        <translation>就绪后向它提问，%2 次运行中有 %1 次应答正确。</translation>
    </message>
</context>
<context>
    <name>isolab::StackView</name>
    <message>
        <source>Layers: %1</source>
        <translation>层次：%1</translation>
    </message>
</context>
<context>
    <name>isolab::SystemPage</name>
    <message>
        <source>Check again</source>
        <translation>重新检查</translation>
    </message>
    <message>
        <source>How the worlds run here</source>
        <translation>各种环境在本机如何运行</translation>
    </message>
    <message>
        <source>Prerequisites</source>
        <translation>先决条件</translation>
    </message>
    <message>
        <source>System</source>
        <translation>系统</translation>
    </message>
    <message>
        <source>Looking at this machine…</source>
        <translation>正在检查这台机器…</translation>
    </message>
    <message>
        <source>Everything that is required was found.</source>
        <translation>必需的条件全部具备。</translation>
    </message>
    <message>
        <source>Required, but not usable: %1. The remedy stands beside each.</source>
        <translation>必需但不可用：%1 项。处理办法写在各项旁边。</translation>
    </message>
    <message>
        <source>It could not be found out how this machine runs them.</source>
        <translation>无法查明本机如何运行这两种环境。</translation>
    </message>
</context>
<context>
    <name>isolab::WaterfallView</name>
    <message>
        <source>Start-up, phase by phase</source>
        <translation>启动过程（逐阶段）</translation>
    </message>
    <message>
        <source>%1 · %2: %3, from %4 to %5</source>
        <translation>%1 · %2：%3，从 %4 到 %5</translation>
    </message>
    <message>
        <source>Every phase of each start appears here, on one time axis.</source>
        <translation>每次启动的每个阶段都显示在这里，使用同一时间轴。</translation>
    </message>
</context>
<context>
    <name>isolab::WorldChips</name>
    <message>
        <source>Worlds</source>
        <translation>世界</translation>
    </message>
    <message>
        <source>%1 worlds are chosen already; leave one out first.</source>
        <translation>已经选了 %1 个世界；请先去掉一个。</translation>
    </message>
</context>
</TS>
